// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::node {

/// How near the end of a certificate is: an alarm is raised when the word changes for the worse.
enum class CertificateAge : std::uint8_t { Fresh, Month, Week, Day, Over };

CertificateAge certificate_age(Duration left);
/// "ends in 6 days": what is left in its largest unit, or "has ended".
std::string certificate_end_in_words(Duration left);

/// The certificate of a syncer, by which others believe it.
struct CertificateStatus {
  std::string identity;  ///< as the URI in it
  bool required = true;  ///< nothing is believed without one
  Duration ends_in{};    ///< negative when it is over
  std::string end;       ///< the same in words
  std::string problem;   ///< of its end, or of files that cannot be used; empty when there is none

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "identity"}, s.identity);
    v.field({.key = "problem", .phrase = "{}", .problem = Problem::WhenSet, .cause = "certificate"}, s.problem);
    v.field({.key = "required",
             .help = "1 while nothing is believed without a certificate.",
             .phrase = "required of all",
             .unset = "optional: who shows none is believed"},
            s.required);
    v.field({.key = "ends_in", .help = "Time until the certificate, or a CA above it, ends."}, s.ends_in);
    v.field({.key = "end", .phrase = "{}"}, s.end);
  }
};

/// What a certificate that ends soon is to an operator: from its last week on a problem. Empty before.
std::string certificate_problem(Duration left);

}  // namespace syncer::node
