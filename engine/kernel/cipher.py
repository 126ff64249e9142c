"""Encryption of personal data in single fields, behind an interface so that SM4 can take its place."""

import hmac
import os
from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.kernel.errors import ShegongError

_NONCE = 12


class CipherError(ShegongError):
    """加密数据无法读取，请联系系统管理员核对密钥。"""

    code = "cipher"


class Cipher(Protocol):
    """Encrypts fields and makes blind indexes of them."""

    def encrypt(self, plain: bytes) -> bytes: ...

    def decrypt(self, sealed: bytes) -> bytes: ...

    def blind_index(self, value: str, *, purpose: str) -> str:
        """A keyed digest by which an encrypted value can be searched, never read."""
        ...

    def mac(self, message: bytes) -> bytes:
        """Keyed digest that proves a stored document or a history row is ours."""
        ...


class AesGcmCipher:
    """AES-256-GCM; the first byte of a sealed value names its key, so that keys can be rotated."""

    def __init__(self, keys: Mapping[int, bytes], *, active: int, index_key: bytes) -> None:
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self._active = active
        self._index_key = index_key

    def encrypt(self, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return bytes([self._active]) + nonce + self._keys[self._active].encrypt(nonce, plain, None)

    def decrypt(self, sealed: bytes) -> bytes:
        if len(sealed) <= _NONCE or sealed[0] not in self._keys:
            raise CipherError()
        try:
            return self._keys[sealed[0]].decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None)
        except InvalidTag as error:
            raise CipherError() from error

    def blind_index(self, value: str, *, purpose: str) -> str:
        return self.mac(f"{purpose}\0{value}".encode()).hex()

    def mac(self, message: bytes) -> bytes:
        return hmac.digest(self._index_key, message, "sha256")
