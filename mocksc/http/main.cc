// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <random>
#include <string>
#include <variant>

#include "mocksc/http/server.h"
#include "syncer/base/quantity.h"
#include "syncer/reference/command_line.h"

namespace mocksc {
namespace {

/// Exit code when there is nothing to run: help was shown (0) or the usage is wrong (2).
using ExitCode = int;

constexpr const char* kAbout =
    "A mock of a service registry, held in memory, with faults on demand: Apache ServiceComb's service center with its "
    "v4 REST API, or another kind.";

constexpr const char* kExamples = R"(Examples:
  mocksc --listen 127.0.0.1:30100
      one service center
  mocksc --listen 127.0.0.1:30100 --listen 127.0.0.1:30101
      two front-ends over one store, as two service centers on one etcd
  mocksc --listen 127.0.0.1:0 --gentle --ttl 5s --delete-visibility 0s
      a free port (it is printed), short leases, every write visible at once and none lost
  curl http://127.0.0.1:30100/v4/default/registry/health
      the front-ends
  curl http://127.0.0.1:30100/mock
      how to make it misbehave; an outage with mode refuse or reset closes the accepted connection without an answer

As in the real one, what is written shows 0.3 s later, of two changes at once the first is lost, a removed instance is
listed for 2.3 s more, and noCache=1 reads past all that; --gentle switches it off. The figures are in docs/mocksc.md.

Loopback and trusted networks only. All data is lost at the end.
Exit codes: 0 ended by SIGTERM or SIGINT; 1 cannot listen; 2 wrong usage.)";

/// The flags as they were typed.
struct Flags {
  std::vector<std::string> listen;
  std::string kind = "servicecenter";
  std::string release;
  std::vector<std::string> settings;
  std::string min_interval = "5s";
  std::string ttl = "0s";
  std::string delete_visibility = "2.3s";
  bool is_gentle = false;
  std::int32_t min_times = 3;
  std::string environment = "development";
  std::vector<std::string> accounts;
  std::string token_life = "0s";
  std::uint64_t seed = 0;
  bool is_quiet = false;
};

/// Adds the flag's name to an error.
template <class T>
syncer::Result<T> flag(const char* name, syncer::Result<T> value) {
  if (!value) value.error().where = name;
  return value;
}

syncer::Result<ServerOptions> to_options(const Flags& flags) {
  ServerOptions out;
  for (const std::string& text : flags.listen) {
    const auto endpoint = flag("--listen", syncer::parse_endpoint(text));
    if (!endpoint) return tl::unexpected(endpoint.error());
    out.listen.push_back(*endpoint);
  }
  out.kind = flags.kind;
  out.release = flags.release;
  for (const std::string& text : flags.settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return syncer::failure(syncer::ErrorCode::Invalid, "--set", "KEY=VALUE is needed");
    out.settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  const auto min_interval = flag("--min-interval", syncer::parse_duration(flags.min_interval));
  if (!min_interval) return tl::unexpected(min_interval.error());
  const auto ttl = flag("--ttl", syncer::parse_duration(flags.ttl));
  if (!ttl) return tl::unexpected(ttl.error());
  const auto visibility = flag("--delete-visibility", syncer::parse_duration(flags.delete_visibility));
  if (!visibility) return tl::unexpected(visibility.error());
  out.model.min_interval = *min_interval;
  out.model.min_times = flags.min_times;
  out.model.ttl_override = *ttl;
  out.model.delete_visibility = *visibility;
  const auto token_life = flag("--token-life", syncer::parse_duration(flags.token_life));
  if (!token_life) return tl::unexpected(token_life.error());
  out.model.token_life = *token_life;
  for (const std::string& text : flags.accounts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) {
      return syncer::failure(syncer::ErrorCode::Invalid, "--account", "NAME:PASSWORD is needed");
    }
    out.model.accounts[text.substr(0, colon)] = text.substr(colon + 1);
  }
  if (flags.is_gentle) out.model.lags = Lags::none();
  out.model.environment = flags.environment;
  out.is_logging = !flags.is_quiet;
  return out;
}

void declare(CLI::App& app, Flags& flags) {
  app.footer(kExamples);
  app.set_version_flag("--version", std::string("mocksc ") + MOCKSC_VERSION);
  syncer::reference::offer_flags(app, std::string("mocksc ") + MOCKSC_VERSION);
  app.add_option("--listen", flags.listen, "IP:PORT of a front-end; repeat for several; port 0 takes a free one")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--kind", flags.kind, "kind of registry")->capture_default_str();
  app.add_option("--release,--compat", flags.release,
                 "release to imitate; of a service center 1.3.0, 1.4.8, 2.0.0, 2.1.0 or 2.2.0 (the default)");
  app.add_option("--set", flags.settings, "KEY=VALUE: a setting of another kind's real server; repeat for several")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--min-interval", flags.min_interval, "push health check intervals are raised to this (from 2.1.0 on)")
      ->capture_default_str();
  app.add_option("--min-times", flags.min_times, "and their times to this")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000));
  app.add_option("--ttl", flags.ttl, "life of every lease, whatever its health check says; 0s: by health check")
      ->capture_default_str();
  app.add_option("--delete-visibility", flags.delete_visibility, "how long a removed instance is still listed")
      ->capture_default_str();
  app.add_flag("--gentle", flags.is_gentle,
               "registrations and changes show at once, no update or registration is lost, removals are listed for "
               "exactly --delete-visibility, and self-preservation is off");
  app.add_option("--environment", flags.environment, "environment of the service center itself")->capture_default_str();
  app.add_option("--account", flags.accounts,
                 "NAME:PASSWORD of somebody who may do everything; with one, requests need a token (from 2.0.0 on)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--token-life", flags.token_life, "tokens end after this, if that is sooner than was asked for")
      ->capture_default_str();
  app.add_option("--seed", flags.seed, "decides generated ids and fault draws; random when left out");
  app.add_flag("--quiet", flags.is_quiet, "no line for each request on standard error");
}

/// Reads the command line; prints help, version and complaints itself.
std::variant<ServerOptions, ExitCode> read_command_line(int argc, char** argv) {
  CLI::App app(kAbout, "mocksc");
  Flags flags;
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
  }
  auto options = to_options(flags);
  if (!options) {
    std::fprintf(stderr, "mocksc: %s\n", to_string(options.error()).c_str());
    return 2;
  }
  options->seed = app.count("--seed") > 0 ? flags.seed : std::random_device{}();
  return std::move(*options);
}

}  // namespace
}  // namespace mocksc

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
