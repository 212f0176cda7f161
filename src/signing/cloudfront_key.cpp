#include "signing/cloudfront_key.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace sluice {
namespace {

constexpr std::size_t kMaxFileBytes = 64 * 1024;
constexpr int kRsaBits = 2048;

tl::unexpected<Error> bad_key(std::string what) {
  return fail(ErrorKind::invalid, "bad_cdn_key", std::move(what));
}

// Called only where a passphrase would be needed; nobody could type it.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

std::string curve_of(EVP_PKEY* key) {
  char name[64] = "";
  std::size_t length = 0;
  EVP_PKEY_get_group_name(key, name, sizeof name, &length);
  return {name, length};
}

Result<> check_kind(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      if (EVP_PKEY_get_bits(key) == kRsaBits) return {};
      return bad_key(fmt::format("is an RSA key of {} bits; CloudFront takes 2048 only",
                                 EVP_PKEY_get_bits(key)));
    case EVP_PKEY_EC:
      if (curve_of(key) == SN_X9_62_prime256v1) return {};
      return bad_key(fmt::format("is on the curve {}; CloudFront takes prime256v1 (P-256) only",
                                 curve_of(key)));
    default: return bad_key("is of a kind that CloudFront doesn't take; it takes RSA and ECDSA");
  }
}

std::string_view without_private_key(std::string_view pem) {
  if (pem.find("-----BEGIN PUBLIC KEY") != std::string_view::npos) {
    return "holds the public key; the private one belongs here";
  }
  return "holds no private key in PEM";
}

Result<Secret> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (!file) return bad_key(fmt::format("can't be read: {}", std::strerror(errno)));
  std::string bytes(kMaxFileBytes, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (std::ferror(file.get()) != 0) return bad_key("can't be read: it is no file");
  return Secret(std::move(bytes));
}

}  // namespace

void CloudFrontKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<CloudFrontKey> CloudFrontKey::from_pem(const Secret& pem) {
  const std::string& text = pem.reveal();
  const std::unique_ptr<BIO, int (*)(BIO*)> input(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  if (!input) return fail(ErrorKind::internal, "out_of_memory", "There is no memory left.");
  bool encrypted = false;
  std::unique_ptr<evp_pkey_st, Free> key(
      PEM_read_bio_PrivateKey(input.get(), nullptr, no_passphrase, &encrypted));
  ERR_clear_error();
  if (encrypted) return bad_key("is encrypted; `openssl pkey -in FILE -out NEW` decrypts it");
  if (!key) return bad_key(std::string(without_private_key(text)));
  SLUICE_TRY(check_kind(key.get()));
  return CloudFrontKey(std::move(key));
}

Result<CloudFrontKey> CloudFrontKey::from_file(const std::string& path) {
  const auto pem = read_file(path);
  auto key = pem ? from_pem(*pem) : Result<CloudFrontKey>(fail(pem.error()));
  if (key) return key;
  return bad_key(fmt::format("the private key {} {}", path, key.error().message));
}

Result<std::string> CloudFrontKey::sign(std::string_view text, CloudFrontHash hash) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  const auto* digest = hash == CloudFrontHash::sha1 ? EVP_sha1() : EVP_sha256();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  const bool made =
      context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) == 1;
  ERR_clear_error();
  if (!made) {
    return fail(ErrorKind::internal, "cdn_signature_failed",
                "the machine's OpenSSL refuses to sign; where its policy forbids SHA-1, "
                "hash-algorithm=SHA256 helps");
  }
  signature.resize(size);
  return signature;
}

}  // namespace sluice
