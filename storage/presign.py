"""Presigned requests whose headers are signed too (AWS Signature Version 4 in query parameters): the store refuses the
request unless they are sent as they were signed. The `minio` package signs the host alone.

Source: "Authenticating Requests: Using Query Parameters" of the Amazon S3 API Reference.
"""

import datetime
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Presigner:
    """Signs requests to the store at `endpoint`, an http(s) URL without a path."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)

    def url(
        self, method: str, path: str, headers: Mapping[str, str], now: datetime.datetime, expires: datetime.timedelta
    ) -> str:
        """The URL that takes the method with exactly these headers, from `now` on (UTC) for as many whole seconds."""
        parts = urlsplit(self.endpoint)
        host = parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme])
        signed = {"host": host} | {name.lower(): value for name, value in headers.items()}
        names = ";".join(sorted(signed))
        instant = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{instant[:8]}/{self.region}/s3/aws4_request"
        query = _query(
            {
                "X-Amz-Algorithm": _ALGORITHM,
                "X-Amz-Credential": f"{self.access_key}/{scope}",
                "X-Amz-Date": instant,
                "X-Amz-Expires": str(int(expires.total_seconds())),
                "X-Amz-SignedHeaders": names,
            }
        )
        lines = [f"{name}:{' '.join(signed[name].split())}\n" for name in sorted(signed)]
        target = quote(path)
        request = "\n".join([method, target, query, "".join(lines), names, "UNSIGNED-PAYLOAD"])
        text = "\n".join([_ALGORITHM, instant, scope, hashlib.sha256(request.encode()).hexdigest()])
        return f"{self.endpoint.rstrip('/')}{target}?{query}&X-Amz-Signature={self._signature(scope, text)}"

    def _signature(self, scope: str, text: str) -> str:
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def _query(parameters: Mapping[str, str]) -> str:
    """As the signature has it: by name, and nothing but the unreserved characters left bare."""
    return "&".join(f"{name}={quote(parameters[name], safe='')}" for name in sorted(parameters))
