"""Signing up, in and out."""
import datetime

import pytest

import api

PASSWORD = "correct horse battery"


def test_sign_up_then_me(anyone):
    reply = anyone("POST", "/api/auth/signup", email="ada@example.com", password=PASSWORD, expect=201).json()
    assert reply["user"]["email"] == "ada@example.com"
    expires = datetime.datetime.fromisoformat(reply["expires_at"].replace("Z", "+00:00"))
    assert expires > datetime.datetime.now(datetime.timezone.utc)
    me = api.Client(anyone.server, reply["token"])("GET", "/api/auth/me", expect=200).json()
    assert me == {"id": reply["user"]["id"], "email": "ada@example.com"}


def test_sign_in_and_out(anyone):
    anyone("POST", "/api/auth/signup", email="bob@example.com", password=PASSWORD, expect=201)
    reply = anyone("POST", "/api/auth/login", email="BOB@example.com", password=PASSWORD, expect=200).json()
    bob = api.Client(anyone.server, reply["token"])
    bob("GET", "/api/auth/me", expect=200)
    assert bob("POST", "/api/auth/logout").status in (200, 204)
    assert bob("GET", "/api/auth/me").status == 401


def test_the_cookie_of_a_session_is_enough_and_is_out_of_reach_of_scripts(anyone):
    reply = anyone("POST", "/api/auth/signup", email="cookie@example.com", password=PASSWORD, expect=201)
    name_value, *flags = [part.strip() for part in reply.headers["set-cookie"].split(";")]
    lower = {flag.lower() for flag in flags}
    assert "httponly" in lower and lower & {"samesite=lax", "samesite=strict"} and "path=/" in lower
    me = anyone("GET", "/api/auth/me", headers={"Cookie": name_value}, expect=200).json()
    assert me["email"] == "cookie@example.com"
    anyone("POST", "/api/auth/logout", headers={"Cookie": name_value})
    assert anyone("GET", "/api/auth/me", headers={"Cookie": name_value}).status == 401


def test_wrong_password_and_unknown_address_cannot_be_told_apart(anyone):
    anyone("POST", "/api/auth/signup", email="eve@example.com", password=PASSWORD, expect=201)
    wrong = anyone("POST", "/api/auth/login", email="eve@example.com", password="not it at all", expect=401)
    unknown = anyone("POST", "/api/auth/login", email="nobody@example.com", password=PASSWORD, expect=401)
    assert wrong.code == unknown.code and wrong.json()["detail"] == unknown.json()["detail"]


def test_an_address_is_taken_once_whatever_its_case(anyone):
    anyone("POST", "/api/auth/signup", email="twice@example.com", password=PASSWORD, expect=201)
    assert anyone("POST", "/api/auth/signup", email="Twice@Example.com", password=PASSWORD, expect=409).code == \
        "email_taken"


@pytest.mark.parametrize("email, password", [
    ("", PASSWORD), ("no-at-sign", PASSWORD), ("a@b@c", PASSWORD), ("x" * 400 + "@example.com", PASSWORD),
    ("short@example.com", "short"), ("long@example.com", "x" * 5000), ("nul\0@example.com", PASSWORD),
])
def test_what_is_no_account_is_refused(anyone, email, password):
    reply = anyone("POST", "/api/auth/signup", email=email, password=password)
    assert reply.status in (400, 422) and reply.code


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic dXNlcjpwYXNz", "bearer\tx",
                                    "Bearer " + "x" * 3000])
def test_a_bad_token_is_no_token(anyone, header):
    assert anyone("GET", "/api/auth/me", headers={"Authorization": header}, expect=401).code


def test_sign_up_can_be_switched_off(servers):
    anyone = api.Client(servers("--allow-signup=false"))
    assert anyone("POST", "/api/auth/signup", email="a@example.com", password=PASSWORD, expect=403).code
