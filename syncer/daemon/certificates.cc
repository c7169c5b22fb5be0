// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/certificates.h"

#include <sys/stat.h>

#include <optional>

namespace syncer::daemon {
namespace {

constexpr Duration kLook = std::chrono::seconds(1);
/// Between two judgements of all links: who was believed may have come to the end of its time.
constexpr Duration kJudgement = std::chrono::seconds(30);

std::int64_t whole(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Certificates::Looks Certificates::look() const {
  Looks looks{};
  const tls::CredentialFiles& files = config_.tls_files;
  std::size_t i = 0;
  for (const std::string* path : {&files.ca, &files.certificate, &files.key, &files.deny}) {
    struct stat found {};
    if (::stat(path->c_str(), &found) == 0) {
      // Device and change time too: a file may be put in place with the times of another.
      looks[i] = {static_cast<std::int64_t>(found.st_dev), static_cast<std::int64_t>(found.st_ino), found.st_size,
                  whole(found.st_mtim), whole(found.st_ctim)};
    }
    ++i;
  }
  return looks;
}

/// Others would refuse a certificate that is not of this syncer: it is refused here, with the same words.
Result<std::shared_ptr<const tls::Credentials>> Certificates::read(const tls::CredentialFiles& files) const {
  auto credentials = tls::Credentials::load(files);
  if (!credentials) return credentials;
  const node::NodeConfig& node = config_.node;
  for (const PeerRole role : {PeerRole::Sync, PeerRole::Voter}) {
    if (role == PeerRole::Voter && node.mode != node::Mode::Cluster) continue;
    const std::string objection =
        objection_to((*credentials)->own(), CertificateRule::Required, role, node.region, node.node);
    if (!objection.empty()) return failure(ErrorCode::Invalid, files.certificate, objection);
  }
  return credentials;
}

Result<void> Certificates::open() {
  if (config_.node.certificates == CertificateRule::Off) return {};
  seen_ = look();
  auto credentials = read(config_.tls_files);
  if (!credentials) return tl::unexpected(credentials.error());
  current_ = std::move(*credentials);
  signer_.use(current_);
  return {};
}

Result<void> Certificates::check(const tls::CredentialFiles& files) const {
  if (!current_) return {};
  const auto credentials = read(files);
  return credentials ? Result<void>() : tl::unexpected(credentials.error());
}

void Certificates::begin(Instant now, net::TcpStreams& streams) {
  if (!current_) return;
  streams_ = &streams;
  next_look_ = now + kLook;
  next_judgement_ = now + kJudgement;
  streams.secure(current_, config_.node.certificates == CertificateRule::Optional);
  watch_end(now);
}

void Certificates::advance(Instant now) {
  if (streams_ == nullptr || now < next_look_) return;
  next_look_ = now + kLook;
  if (const Looks looks = look(); looks != seen_) {
    seen_ = looks;
    reload(now);
  }
  if (now < next_judgement_) return;
  next_judgement_ = now + kJudgement;
  streams_->judge();
  watch_end(now);
}

void Certificates::reload(Instant now) {
  auto credentials = read(config_.tls_files);
  refused_ =
      credentials ? "" : "the files of the certificate changed and cannot be used: " + to_string(credentials.error());
  if (!credentials) {
    return observe(observer_, now, EventKind::CertificateRefused, Severity::Error, {{"reason", refused_}});
  }
  current_ = std::move(*credentials);
  signer_.use(current_);
  observe(observer_, now, EventKind::CertificateReplaced, Severity::Info,
          {{"identity", identity_uri(current_->own())}, {"fingerprint", current_->own().fingerprint}});
  streams_->secure(current_, config_.node.certificates == CertificateRule::Optional);
  age_ = node::CertificateAge::Fresh;
  watch_end(now);
}

/// An alarm each time that the end comes into another range: 30 days, 7 days, 1 day, over.
void Certificates::watch_end(Instant now) {
  const Duration left = current_->time_left();
  const node::CertificateAge age = node::certificate_age(left);
  if (age <= age_) return;
  age_ = age;
  const Severity severity = age >= node::CertificateAge::Day ? Severity::Error : Severity::Warning;
  observe(observer_, now, EventKind::CertificateEnds, severity,
          {{"identity", identity_uri(current_->own())}, {"reason", node::certificate_end_in_words(left)}});
}

std::optional<node::CertificateStatus> Certificates::status() const {
  if (!current_) return std::nullopt;
  const Duration left = current_->time_left();
  const bool required = config_.node.certificates == CertificateRule::Required;
  const std::string problem = refused_.empty() ? node::certificate_problem(left) : refused_;
  return node::CertificateStatus{identity_uri(current_->own()), required, left, node::certificate_end_in_words(left),
                                 problem};
}

const char* Certificates::rule() const {
  if (config_.node.certificates == CertificateRule::Off) return "no";
  return config_.node.certificates == CertificateRule::Required ? "required" : "optional";
}

}  // namespace syncer::daemon
