// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_client.h"

#include <httplib.h>

namespace syncer::admin {

Result<HttpResponse> ask_daemon(const Endpoint& admin, const std::string& method, const std::string& target,
                                const std::string& body) {
  httplib::Client client(admin.host(), admin.port);
  client.set_connection_timeout(std::chrono::seconds(2));
  client.set_read_timeout(std::chrono::seconds(5));
  client.set_url_encode(false);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.headers.emplace("X-Syncer", "cli");
  request.body = body;
  const httplib::Result answer = client.send(request);
  if (!answer)
    return failure(ErrorCode::Unreachable, to_string(admin), "no syncer answers: " + to_string(answer.error()));
  return HttpResponse{answer->status, {}, answer->body};
}

}  // namespace syncer::admin
