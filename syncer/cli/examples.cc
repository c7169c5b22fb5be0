// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/examples.h"

#include <array>

namespace syncer::cli {
namespace {

struct Example {
  std::string_view command;
  std::string_view line;
};

constexpr std::string_view kFirst =
    "syncer daemon --sc-addr http://10.0.0.10:30100 --bind-addr 10.0.0.10:30190 --rpc-addr 10.0.0.10:30191";
constexpr std::string_view kSecond =
    "syncer daemon --sc-addr http://10.0.0.11:30100 --bind-addr 10.0.0.11:30190 --rpc-addr 10.0.0.11:30191 "
    "--join-addr 10.0.0.10:30191";

constexpr std::array kExamples = {
    Example{"", kFirst},
    Example{"", kSecond},
    Example{"", "syncer status --check"},
    Example{"", "syncer members"},
    Example{"daemon", kFirst},
    Example{"daemon", kSecond},
    Example{"daemon",
            "syncer daemon --sc-addr http://10.0.0.10:30100 --bind-addr 10.0.0.10:30190 --rpc-addr 10.0.0.10:30191 "
            "--mode cluster --node syncer011 --cluster-port 30201 --join-addr 10.0.0.12:30190"},
    Example{"daemon", "syncer daemon --config /etc/syncer/syncer.json --log.level debug"},
    Example{"members", "syncer members"},
    Example{"members", "syncer members --node syncer011 --output json"},
    Example{"status", "syncer status"},
    Example{"status", "syncer status --check"},
    Example{"status", "syncer status --admin unix:/run/syncer/admin.socket --output json"},
    Example{"explain", "syncer explain cart"},
    Example{"explain", "syncer explain 7a1b2c3d4e5f --output json"},
    Example{"diff", "syncer diff east west"},
    Example{"copies", "syncer copies --region west --search cart"},
    Example{"services", "syncer services"},
    Example{"mappings", "syncer mappings"},
    Example{"mappings", "syncer mappings --region west --search cart --output json"},
    Example{"rtt", "syncer rtt"},
    Example{"rtt", "syncer rtt west --output json"},
    Example{"reachability", "syncer reachability"},
    Example{"monitor", "syncer monitor --level warning"},
    Example{"keygen", "syncer keygen"},
    Example{"keygen", "syncer keygen --ring keyring.json"},
    Example{"top", "syncer top --interval 1s"},
    Example{"debug bundle", "syncer debug bundle --dir /tmp/syncer-debug"},
    Example{"events", "syncer events --follow --kind guard,link"},
    Example{"events", "syncer events --region east --level warning --output json"},
    Example{"guard release", "syncer guard release region-b"},
    Example{"guard release", "syncer guard release --all"},
    Example{"join", "syncer join 10.0.0.12:30191"},
    Example{"leave", "syncer leave"},
    Example{"force-leave", "syncer force-leave syncer012"},
    Example{"sync now", "syncer sync now west"},
    Example{"pause", "syncer pause import west"},
    Example{"pause", "syncer pause export west"},
    Example{"resume", "syncer resume import west"},
    Example{"drain", "syncer drain west --rate 50/s"},
    Example{"region forget", "syncer region forget region-b"},
    Example{"keys list", "syncer keys list"},
    Example{"keys install", "syncer keys install /etc/syncer/new.key"},
    Example{"keys use", "syncer keys use 3f9ad2c1"},
    Example{"keys remove", "syncer keys remove 3f9ad2c1"},
    Example{"cluster members", "syncer cluster members"},
    Example{"cluster replace", "syncer cluster replace syncer012"},
    Example{"cluster raise-generation", "syncer cluster raise-generation"},
    Example{"cluster forget-proposal", "syncer cluster forget-proposal"},
    Example{"reload", "syncer reload"},
    Example{"log-level", "syncer log-level debug --for 10m"},
    Example{"tls ca create", "syncer tls ca create"},
    Example{"tls ca create", "syncer tls ca create --region east --ca syncer-ca.pem --ca-key syncer-ca-key.pem"},
    Example{"tls cert create", "syncer tls cert create --region east"},
    Example{"tls cert create", "syncer tls cert create --region east --node syncer011 --role sync,voter --days 90"},
    Example{"tls verify",
            "syncer tls verify --ca-file syncer-ca.pem --cert-file east-syncer-0.pem --key-file east-syncer-0-key.pem "
            "10.0.0.11:30191"},
    Example{"tls verify",
            "syncer tls verify --ca-file syncer-ca.pem --cert-file east-syncer-0.pem --key-file east-syncer-0-key.pem "
            "--peer-cert-file west-syncer-0.pem"},
    Example{"policy check", "syncer policy check"},
    Example{"policy check", "syncer policy check /etc/syncer/next.json"},
    Example{"policy apply", "syncer policy apply --yes"},
    Example{"config show", "syncer config show --origin --config /etc/syncer/syncer.json"},
    Example{"config running", "syncer config running --origin"},
    Example{"config schema", "syncer config schema"},
    Example{"config check", "syncer config check /etc/syncer/syncer.json"},
    Example{"version", "syncer version --output json"},
};

/// Long lines as a shell takes them: broken before a flag.
std::string folded(std::string_view line) {
  std::string out = "  ";
  std::size_t column = 2;
  while (!line.empty()) {
    const std::size_t end = line.find(" --", 1);
    const std::string_view part = line.substr(0, end);
    if (column + part.size() > 112) {
      out += " \\\n   ";
      column = 3;
    }
    out += part;
    column += part.size();
    line = end == std::string_view::npos ? "" : line.substr(end);
  }
  return out + "\n";
}

}  // namespace

std::vector<std::string_view> examples(std::string_view command) {
  std::vector<std::string_view> lines;
  for (const Example& example : kExamples) {
    if (example.command == command) lines.push_back(example.line);
  }
  return lines;
}

std::string examples_text(std::string_view command) {
  std::string text;
  for (const std::string_view line : examples(command)) text += folded(line);
  return text.empty() ? text : "Examples:\n" + text.substr(0, text.size() - 1);
}

}  // namespace syncer::cli
