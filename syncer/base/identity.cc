// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/identity.h"

#include <optional>

namespace syncer {
namespace {

constexpr std::string_view kScheme = "syncer://";
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool stands_for_itself(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::string encoded(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    // A name constraint that begins with a dot means every name below.
    const bool plain = stands_for_itself(name[i]) && !(i == 0 && name[i] == '.');
    if (plain) {
      out += name[i];
      continue;
    }
    const auto byte = static_cast<unsigned char>(name[i]);
    out += {'%', kHexDigits[byte >> 4U], kHexDigits[byte & 15U]};
  }
  return out;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const std::size_t high = kHexDigits.find(text[i + 1]);
    const std::size_t low = kHexDigits.find(text[i + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string_view take_part(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return part;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace

std::string_view name(PeerRole role) { return role == PeerRole::Sync ? "sync" : "voter"; }

std::string identity_uri(const PeerIdentity& identity) {
  std::string uri = std::string(kScheme) + encoded(identity.region) + "/";
  uri += identity.sync ? "sync" : "";
  uri += identity.sync && identity.voter ? "+" : "";
  uri += identity.voter ? "voter" : "";
  if (!identity.node.empty()) uri += "/" + encoded(identity.node);
  return uri;
}

bool is_identity_uri(std::string_view uri) { return uri.substr(0, kScheme.size()) == kScheme; }

Result<PeerIdentity> parse_identity_uri(std::string_view uri) {
  const auto wrong = [&] {
    return failure(ErrorCode::Invalid, "", quoted(uri) + " is no identity: wanted syncer://REGION/sync+voter/NODE");
  };
  if (!is_identity_uri(uri)) return wrong();
  std::string_view rest = uri.substr(kScheme.size());
  const auto region = decoded(take_part(rest));
  const std::string_view roles = take_part(rest);
  const auto node = decoded(take_part(rest));
  if (!region || region->empty() || !node) return wrong();
  PeerIdentity identity;
  identity.region = *region;
  identity.sync = roles == "sync" || roles == "sync+voter";
  identity.voter = roles == "voter" || roles == "sync+voter";
  identity.node = *node;
  // Whatever else could be written for the same names is refused: one name, one spelling.
  const bool usable = identity.sync || identity.voter;
  if (!usable || identity_uri(identity) != uri) return wrong();
  return identity;
}

std::string objection_to(const PeerIdentity& identity, CertificateRule rule, PeerRole role, std::string_view region,
                         std::string_view node) {
  if (rule == CertificateRule::Off) return "";
  if (!identity.present()) {
    return rule == CertificateRule::Optional ? "" : "it shows no certificate, and here one is required";
  }
  if (identity.region != region) {
    return "its certificate is of region " + quoted(identity.region) + ", not of " + quoted(region);
  }
  if (!identity.has(role)) return "its certificate does not have the role " + quoted(name(role));
  if (!identity.node.empty() && !node.empty() && identity.node != node) {
    return "its certificate is of syncer " + quoted(identity.node) + ", not of " + quoted(node);
  }
  return "";
}

}  // namespace syncer
