// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/tls_commands.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "syncer/net/resolver.h"
#include "syncer/settings/settings.h"
#include "syncer/store/file.h"
#include "syncer/tls/certificate.h"
#include "syncer/tls/issue.h"
#include "syncer/tls/probe.h"

namespace syncer::cli {
namespace {

constexpr int kCaDays = 1825;
constexpr int kCertificateDays = 365;
constexpr mode_t kPublic = 0644;

std::string in_directory(const TlsArguments& a, const std::string& name) { return a.directory + "/" + name; }

int days_of(const TlsArguments& a, int otherwise) { return a.days == 0 ? otherwise : a.days; }

/// Of a file that cannot be written whole nothing is left.
Result<void> write_new(const std::string& path, const std::string& content, bool secret) {
  auto file = store::File::open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return tl::unexpected(file.error());
  auto written = file->write_all(content);
  if (written) written = file->sync();
  if (written && !secret && ::fchmod(file->descriptor(), kPublic) != 0)
    written = failure(ErrorCode::Io, path, "cannot be made readable for others");
  if (!written) ::unlink(path.c_str());
  return written;
}

/// NAME.pem and NAME-key.pem, both or neither. Nothing is overwritten: a lost CA key cannot be made again.
Result<void> save(const TlsArguments& a, const std::string& name, const tls::Issued& issued, std::ostream& out) {
  const std::string key = in_directory(a, name + "-key.pem");
  const std::string certificate = in_directory(a, name + ".pem");
  for (const std::string& path : {key, certificate}) {
    if (std::filesystem::exists(path))
      return failure(ErrorCode::Conflict, path, "exists already and is not overwritten; choose another --dir");
  }
  if (auto saved = write_new(key, issued.key_pem, true); !saved) return saved;
  if (auto saved = write_new(certificate, issued.certificate_pem, false); !saved) {
    ::unlink(key.c_str());
    return saved;
  }
  out << "saved " << certificate << "\nsaved " << key << "   keep it secret\n";
  return {};
}

Result<tls::Issuer> issuer(const TlsArguments& a) {
  const std::string ca = a.ca.empty() ? in_directory(a, "syncer-ca.pem") : a.ca;
  const std::string key = a.ca_key.empty() ? in_directory(a, "syncer-ca-key.pem") : a.ca_key;
  auto read = tls::Issuer::read(ca, key);
  if (read || read.error().code != ErrorCode::NotFound) return read;
  return failure(ErrorCode::NotFound, read.error().where,
                 "there is no such file; \"syncer tls ca create\" makes a CA, --ca and --ca-key name another one");
}

/// EAST-syncer-0, then EAST-syncer-1: the first that is free; the node's own name when there is one.
std::string certificate_name(const TlsArguments& a) {
  if (!a.node.empty()) return a.region + "-" + a.node;
  for (int number = 0;; ++number) {
    std::string name = a.region + "-syncer-" + std::to_string(number);
    if (!std::filesystem::exists(in_directory(a, name + ".pem"))) return name;
  }
}

Result<PeerIdentity> identity_of(const TlsArguments& a) {
  PeerIdentity identity;
  auto region = settings::parse_name(a.region);
  if (!region) return failure(ErrorCode::Invalid, "--region", region.error().detail);
  identity.region = *region;
  if (!a.node.empty()) {
    auto node = settings::parse_name(a.node);
    if (!node) return failure(ErrorCode::Invalid, "--node", node.error().detail);
    identity.node = *node;
  }
  const auto has = [&](const char* role) { return std::find(a.roles.begin(), a.roles.end(), role) != a.roles.end(); };
  identity.sync = a.roles.empty() || has("sync");
  identity.voter = a.roles.empty() || has("voter");
  return identity;
}

void describe(const tls::Certificate& certificate, const PeerIdentity& identity, std::ostream& out) {
  out << "  region        " << identity.region << "\n"
      << "  roles         " << (identity.sync ? "sync" : "") << (identity.sync && identity.voter ? ", " : "")
      << (identity.voter ? "voter" : "") << "\n"
      << "  syncer        " << (identity.node.empty() ? "any of the region" : identity.node) << "\n"
      << "  issued by     " << tls::issuer_of(*certificate) << "\n"
      << "  valid         " << tls::begin_of(*certificate) << " to " << tls::end_of(*certificate) << "\n"
      << "  serial        " << tls::serial_of(*certificate) << "\n"
      << "  fingerprint   " << tls::fingerprint_of(*certificate) << "\n";
}

Result<void> show(const std::string& path, std::ostream& out) {
  const auto chain = tls::read_certificates(path);
  if (!chain) return tl::unexpected(chain.error());
  const auto identity = tls::identity_of(*chain->front());
  if (!identity) return failure(ErrorCode::Invalid, path, identity.error().detail);
  out << path << "\n";
  describe(chain->front(), *identity, out);
  return {};
}

Result<void> refused(const std::string& who, const std::string& why) {
  return failure(ErrorCode::Refused, "", "they will not talk: " + who + ": " + why);
}

/// Each end judges the other by its own CAs.
Result<void> verify_offline(const TlsArguments& a, const tls::CredentialFiles& ours, std::ostream& out) {
  tls::CredentialFiles theirs = ours;
  theirs.certificate = a.peer_cert_file;
  theirs.deny.clear();
  if (!a.peer_ca_file.empty()) theirs.ca = a.peer_ca_file;
  if (auto shown = show(a.peer_cert_file, out); !shown) return shown;
  const auto we_object = tls::objection_between(theirs, ours);
  if (!we_object) return tl::unexpected(we_object.error());
  if (!we_object->empty()) return refused("we do not believe " + a.peer_cert_file, *we_object);
  const auto they_object = tls::objection_between(ours, theirs);
  if (!they_object) return tl::unexpected(they_object.error());
  if (!they_object->empty()) return refused("the other end does not believe " + a.cert_file, *they_object);
  out << "both ends believe each other\n";
  return {};
}

Result<void> verify_running(const TlsArguments& a, const tls::Credentials& credentials, std::ostream& out) {
  const auto parts = net::split_host_port(a.address);
  if (!parts) return failure(ErrorCode::Invalid, "HOST:PORT", parts.error().detail);
  const Channel channel = a.port == "cluster" ? Channel::Raft : Channel::Sync;
  const auto probe = tls::probe(credentials, parts->first, parts->second, channel);
  if (!probe) return tl::unexpected(probe.error());
  if (probe->peer) {
    out << a.address << " shows " << identity_uri(*probe->peer) << ", valid to " << probe->ends << "\n";
  }
  if (!probe->objection.empty()) return refused(a.address, probe->objection);
  if (channel == Channel::Raft) {
    const std::string objection =
        objection_to(*probe->peer, CertificateRule::Required, PeerRole::Voter, credentials.own().region, "");
    if (!objection.empty()) return refused(a.address, objection);
  } else if (!probe->peer->sync) {
    return refused(a.address, "its certificate does not have the role \"sync\"");
  }
  out << "the handshake succeeds at both ends\n";
  return {};
}

}  // namespace

Result<void> create_ca_files(const TlsArguments& a, std::ostream& out) {
  const int days = days_of(a, kCaDays);
  if (a.region.empty()) {
    const auto issued = tls::create_ca(a.name, days);
    return issued ? save(a, "syncer-ca", *issued, out) : tl::unexpected(issued.error());
  }
  const auto identity = identity_of(a);
  if (!identity) return tl::unexpected(identity.error());
  const auto above = issuer(a);
  if (!above) return tl::unexpected(above.error());
  const auto issued = above->region_ca(identity->region, days);
  return issued ? save(a, identity->region + "-ca", *issued, out) : tl::unexpected(issued.error());
}

Result<void> create_certificate_files(const TlsArguments& a, std::ostream& out) {
  const auto identity = identity_of(a);
  if (!identity) return tl::unexpected(identity.error());
  const auto above = issuer(a);
  if (!above) return tl::unexpected(above.error());
  const auto issued = above->certificate(*identity, days_of(a, kCertificateDays));
  if (!issued) return tl::unexpected(issued.error());
  return save(a, certificate_name(a), *issued, out);
}

Result<void> verify_files(const TlsArguments& a, std::ostream& out) {
  const tls::CredentialFiles ours{a.ca_file, a.cert_file, a.key_file, a.deny_file};
  if (auto shown = show(a.cert_file, out); !shown) return shown;
  const auto credentials = tls::Credentials::load(ours);
  if (!credentials) return tl::unexpected(credentials.error());
  out << "usable: the key fits, and " << a.ca_file << " vouches for it\n";
  if (!a.peer_cert_file.empty()) {
    if (auto verified = verify_offline(a, ours, out); !verified) return verified;
  }
  return a.address.empty() ? Result<void>{} : verify_running(a, **credentials, out);
}

}  // namespace syncer::cli
