// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/deny_list.h"

#include <algorithm>

#include "syncer/tls/certificate.h"

namespace syncer::tls {
namespace {

constexpr std::size_t kFingerprintDigits = 64;
/// The longest serial number a certificate may have: 20 octets.
constexpr std::size_t kSerialDigits = 40;

/// Lower-case digits of an entry without colons; empty when it is none.
std::string digits_of(std::string_view word) {
  std::string digits;
  for (const char c : word) {
    const char lower = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    if (lower == ':') continue;
    if ((lower < '0' || lower > '9') && (lower < 'a' || lower > 'f')) return "";
    digits += lower;
  }
  if (digits.size() == kFingerprintDigits) return digits;
  if (digits.empty() || digits.size() > kSerialDigits) return "";
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

std::string_view trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

Result<DenyList> DenyList::parse(ByteView text) {
  DenyList list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view word = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    std::string digits = digits_of(word);
    if (digits.empty()) {
      return failure(ErrorCode::Invalid, std::to_string(number),
                     "neither a SHA-256 fingerprint nor a serial number in hexadecimal digits");
    }
    list.entries_.insert(std::move(digits));
  }
  return list;
}

bool DenyList::contains(const x509_st& certificate) const {
  if (entries_.empty()) return false;
  return entries_.count(fingerprint_of(certificate)) != 0 || entries_.count(serial_of(certificate)) != 0;
}

}  // namespace syncer::tls
