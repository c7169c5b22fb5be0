// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "syncer/node/facts.h"

namespace syncer::node {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDay = 24h;

TEST(CertificateEnd, IsToldThirtyDaysSevenDaysAndOneDayBefore) {
  EXPECT_EQ(certificate_age(31 * kDay), CertificateAge::Fresh);
  EXPECT_EQ(certificate_age(30 * kDay), CertificateAge::Month);
  EXPECT_EQ(certificate_age(7 * kDay + 1s), CertificateAge::Month);
  EXPECT_EQ(certificate_age(7 * kDay), CertificateAge::Week);
  EXPECT_EQ(certificate_age(kDay + 1s), CertificateAge::Week);
  EXPECT_EQ(certificate_age(kDay), CertificateAge::Day);
  EXPECT_EQ(certificate_age(0s), CertificateAge::Over);
  EXPECT_EQ(certificate_age(-1s), CertificateAge::Over);
}

TEST(CertificateEnd, IsSaidInItsLargestUnit) {
  EXPECT_EQ(certificate_end_in_words(29 * kDay + 23h), "ends in 29 days");
  EXPECT_EQ(certificate_end_in_words(kDay), "ends in 1 day");
  EXPECT_EQ(certificate_end_in_words(119min), "ends in 1 hour");
  EXPECT_EQ(certificate_end_in_words(59s), "ends in 0 minutes");
  EXPECT_EQ(certificate_end_in_words(-5s), "has ended");
}

TEST(CertificateEnd, IsAProblemInItsLastWeek) {
  Status status;
  status.certificate = CertificateStatus{"syncer://east/sync", true, 8 * kDay, "", certificate_problem(8 * kDay)};
  const auto named = [&] {
    const auto problems = problems_of(status);
    return std::any_of(problems.begin(), problems.end(), [](const auto& p) { return p.cause == "certificate"; });
  };
  EXPECT_FALSE(named());
  status.certificate->problem = certificate_problem(6 * kDay);
  EXPECT_TRUE(named());
}

}  // namespace
}  // namespace syncer::node
