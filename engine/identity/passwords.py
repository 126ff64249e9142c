"""Passwords: argon2id hashes, and what makes a password good enough."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8
"""Characters; ASVS 5.0 6.2.1."""
LONGEST = 128
_COMMON = frozenset(
    "12345678 123456789 1234567890 11111111 00000000 88888888 66666666 87654321 12341234 11223344 password password1 "
    "passw0rd p@ssw0rd qwertyui qwertyuiop qwerty123 1qaz2wsx 1q2w3e4r asdfghjk abc12345 abcd1234 a1234567 a12345678 "
    "aa123456 aa12345678 woaini1314 woaini520 5201314520 147258369 iloveyou admin123 admin888 shegong123".split()
)

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; as slow for an account that does not exist as for one that does."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, *personal: str) -> str | None:
    """Why a password is not accepted, in words for the person who chose it; None when it is good enough."""
    if len(password) < SHORTEST:
        return f"密码至少需要 {SHORTEST} 个字符。"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符。"
    if password.lower() in _COMMON or len(set(password)) < 4:
        return "这个密码太常见，容易被猜中，请换一个。"
    if any(part and len(part) >= 4 and part.lower() in password.lower() for part in personal):
        return "密码里不要包含登录名或手机号码，请换一个。"
    return None
