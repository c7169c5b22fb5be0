// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pki.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "syncer/tls/issue.h"

namespace test {

using syncer::tls::CredentialFiles;
using syncer::tls::Issued;

syncer::PeerIdentity identity(const std::string& region, const std::string& node, bool sync, bool voter) {
  syncer::PeerIdentity identity;
  identity.region = region;
  identity.node = node;
  identity.sync = sync;
  identity.voter = voter;
  return identity;
}

namespace {

Issued must(syncer::Result<Issued> issued) {
  if (!issued) throw std::runtime_error(to_string(issued.error()));
  return std::move(*issued);
}

}  // namespace

Pki::Pki() {
  std::string pattern = std::filesystem::temp_directory_path().string() + "/syncer-pki-XXXXXX";
  directory_ = ::mkdtemp(pattern.data());
  add_ca("pool");
}

Pki::~Pki() { std::filesystem::remove_all(directory_); }

void Pki::write(const std::string& path, const std::string& text, unsigned mode) const {
  const std::string fresh = path + ".new";
  std::ofstream(fresh) << text;
  ::chmod(fresh.c_str(), mode);
  std::filesystem::rename(fresh, path);
}

void Pki::add_ca(const std::string& name) {
  const Issued ca = must(syncer::tls::create_ca(name, 1000));
  write(path(name + ".pem"), ca.certificate_pem);
  write(path(name + "-key.pem"), ca.key_pem);
}

CredentialFiles Pki::make(const syncer::PeerIdentity& identity, int days, const std::string& ca) {
  const auto issuer = syncer::tls::Issuer::read(path(ca + ".pem"), path(ca + "-key.pem"));
  if (!issuer) throw std::runtime_error(to_string(issuer.error()));
  const Issued issued = must(issuer->certificate(identity, days));
  const std::string name = path("certificate-" + std::to_string(++made_));
  write(name + ".pem", issued.certificate_pem);
  write(name + "-key.pem", issued.key_pem);
  return {path("pool.pem"), name + ".pem", name + "-key.pem", ""};
}

}  // namespace test
