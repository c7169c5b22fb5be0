// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/http_message.h"

namespace sim::real {

/// How an answer of a registry goes over a connection.
struct AnswerForm {
  bool is_cut = false;  ///< half of the body comes, and then the end
  bool is_head = false;
  bool keeps = true;  ///< the connection goes on
};

/// An answer as bytes of HTTP/1.1 (RFC 9112). The mock's word that it compresses is left out: here it does not.
std::string wire_answer(const syncer::HttpResponse& answer, const AnswerForm& form);

}  // namespace sim::real
