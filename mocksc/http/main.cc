// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <variant>

#include "mocksc/http/command_line.h"
#include "mocksc/http/server.h"

int main(int argc, char** argv) {
  auto read = mocksc::read_command_line(argc, argv);
  if (const auto* code = std::get_if<mocksc::ExitCode>(&read)) return *code;
  // Blocked before any thread starts, so that sigwait is the only one to get them.
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigaddset(&end, SIGINT);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);
  const auto server = mocksc::Server::start(std::get<mocksc::ServerOptions>(std::move(read)));
  if (!server) {
    std::fprintf(stderr, "mocksc: %s\n", to_string(server.error()).c_str());
    return 1;
  }
  for (const syncer::Endpoint& endpoint : (*server)->endpoints()) {
    std::printf("listening on http://%s\n", to_string(endpoint).c_str());
  }
  std::fflush(stdout);
  int signal = 0;
  sigwait(&end, &signal);
  return 0;
}
