// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/certificate.h"

namespace syncer::node {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

std::string count(long long number, const std::string& unit) {
  return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
}

}  // namespace

CertificateAge certificate_age(Duration left) {
  if (left <= Duration::zero()) return CertificateAge::Over;
  if (left <= kDay) return CertificateAge::Day;
  if (left <= 7 * kDay) return CertificateAge::Week;
  return left <= 30 * kDay ? CertificateAge::Month : CertificateAge::Fresh;
}

std::string certificate_end_in_words(Duration left) {
  if (left <= Duration::zero()) return "has ended";
  if (left >= kDay) return "ends in " + count(left / kDay, "day");
  if (left >= std::chrono::hours(1)) return "ends in " + count(left / std::chrono::hours(1), "hour");
  return "ends in " + count(left / std::chrono::minutes(1), "minute");
}

std::string certificate_problem(Duration left) {
  if (certificate_age(left) < CertificateAge::Week) return "";
  return "the certificate, or a CA above it, " + certificate_end_in_words(left) +
         "; put another one in its place, no restart is needed";
}

}  // namespace syncer::node
