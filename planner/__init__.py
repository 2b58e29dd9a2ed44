"""Compiles a read operation to one SQL statement in which PostgreSQL writes the JSON of the answer, or to one for each
relation, which are sent level by level.

It needs no declarations of its own: what a row is made of and where its relations lead is in `loaders/`, what a
resolver reads is declared beside it (`loaders.reads`). What cannot be compiled is answered by the resolvers and
dataloaders, as every operation can be; all give the same bytes.
"""
