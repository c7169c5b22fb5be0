// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/arguments.h"

#include <gtest/gtest.h>

#include <sstream>

#include "syncer/cli/examples.h"

namespace syncer::cli {
namespace {

struct Parsed {
  std::optional<Arguments> arguments;
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// Parses words as a shell would split them at blanks.
Parsed parse(const std::string& line) {
  std::istringstream words("syncer " + line);
  std::vector<std::string> all;
  for (std::string word; words >> word;) all.push_back(word);
  std::vector<const char*> argv;
  for (const std::string& word : all) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const auto result = parse_arguments(static_cast<int>(argv.size()), argv.data(), out, err);
  Parsed parsed;
  if (const auto* arguments = std::get_if<Arguments>(&result))
    parsed.arguments = *arguments;
  else
    parsed.exit_code = std::get<int>(result);
  parsed.out = out.str();
  parsed.err = err.str();
  return parsed;
}

TEST(Arguments, EveryCommandLineOfTheQuickStartIsUnderstood) {
  for (const char* line :
       {"daemon --sc-addr http://10.0.0.10:30100 --bind-addr 10.0.0.10:30190 --rpc-addr 10.0.0.10:30191",
        "daemon --sc-addr http://10.0.0.11:30100 --bind-addr 10.0.0.11:30190 --rpc-addr 10.0.0.11:30191 "
        "--join-addr 10.0.0.10:30191",
        "daemon --sc-addr http://10.0.0.10:30100 --bind-addr 10.0.0.10:30190 --rpc-addr 10.0.0.10:30191 --mode cluster "
        "--node syncer011 --cluster-port 30201 --join-addr 10.0.0.10:30190"}) {
    const Parsed parsed = parse(line);
    ASSERT_TRUE(parsed.arguments) << line << "\n" << parsed.err;
    EXPECT_EQ(parsed.arguments->task, Task::Daemon);
    EXPECT_EQ(parsed.arguments->flags.at("sc-addr").text.substr(0, 14), "http://10.0.0.");
  }
}

TEST(Arguments, EveryCommandShowsExamplesOfItselfThatItUnderstands) {
  for (const std::string command : {"",
                                    "daemon",
                                    "members",
                                    "status",
                                    "events",
                                    "explain",
                                    "debug bundle",
                                    "join",
                                    "leave",
                                    "force-leave",
                                    "sync now",
                                    "pause",
                                    "resume",
                                    "drain",
                                    "diff",
                                    "copies",
                                    "services",
                                    "mappings",
                                    "rtt",
                                    "reachability",
                                    "monitor",
                                    "keygen",
                                    "top",
                                    "guard release",
                                    "region forget",
                                    "keys list",
                                    "keys install",
                                    "keys use",
                                    "keys remove",
                                    "cluster members",
                                    "cluster replace",
                                    "cluster raise-generation",
                                    "cluster forget-proposal",
                                    "config show",
                                    "config check",
                                    "config running",
                                    "config schema",
                                    "version",
                                    "reload",
                                    "log-level",
                                    "tls ca create",
                                    "tls cert create",
                                    "tls verify"}) {
    ASSERT_FALSE(examples(command).empty()) << command;
    for (const std::string_view line : examples(command)) {
      EXPECT_EQ(line.substr(0, 7 + command.size()), "syncer " + command);
      EXPECT_TRUE(parse(std::string(line.substr(7))).arguments) << line << "\n"
                                                                << parse(std::string(line.substr(7))).err;
    }
    EXPECT_NE(parse(command + " --help").out.find(examples_text(command)), std::string::npos) << command;
  }
}

TEST(Arguments, LongExamplesAreBrokenBeforeAFlagAndShortOnesNever) {
  EXPECT_EQ(examples_text("status").find('\\'), std::string::npos);
  EXPECT_NE(examples_text("daemon").find(" \\\n    --join-addr 10.0.0.10:30191"), std::string::npos)
      << examples_text("daemon");
}

TEST(Arguments, EarlierSpellingsAndRepeatedListsMeanTheSame) {
  const Parsed parsed = parse("daemon --registry http://a:1 --registry http://b:1 --join c:2 --log-level debug");
  ASSERT_TRUE(parsed.arguments) << parsed.err;
  EXPECT_EQ(parsed.arguments->flags.at("sc-addr").text, "http://a:1,http://b:1");
  EXPECT_EQ(parsed.arguments->flags.at("join-addr").text, "c:2");
  EXPECT_EQ(parsed.arguments->flags.at("log.level").text, "debug");
}

TEST(Arguments, SettingsOfTheNodeAreFlagsToo) {
  const Parsed parsed = parse("daemon --hold 5m --guard-hold 1h --gossip.fanout=4");
  ASSERT_TRUE(parsed.arguments) << parsed.err;
  EXPECT_EQ(parsed.arguments->flags.at("sync.hold").text, "5m");
  EXPECT_EQ(parsed.arguments->flags.at("guard.hold").text, "1h");
  EXPECT_EQ(parsed.arguments->flags.at("gossip.fanout").text, "4");
}

TEST(Arguments, AMistypedFlagIsAnsweredWithTheNearest) {
  const Parsed parsed = parse("daemon --sc-adr http://a:1");
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_NE(parsed.err.find("did you mean \"--sc-addr\"?"), std::string::npos) << parsed.err;
}

TEST(Arguments, FlagsAndValuesOfEveryCommandAreAnsweredWithTheNearest) {
  const std::pair<const char*, const char*> cases[] = {{"status --chekc", "did you mean \"--check\"?"},
                                                       {"keys list --ouput json", "did you mean \"--output\"?"},
                                                       {"tls verify --ca-fil x", "did you mean \"--ca-file\"?"},
                                                       {"completion bahs", "did you mean \"bash\"?"},
                                                       {"status --output jsn", "did you mean \"json\"?"},
                                                       {"help guard relase", "did you mean \"release\"?"}};
  for (const auto& [line, expected] : cases) {
    EXPECT_EQ(parse(line).exit_code, 2) << line;
    EXPECT_NE(parse(line).err.find(expected), std::string::npos) << line << ": " << parse(line).err;
  }
}

TEST(Arguments, HelpOfACommandIsTheSameEitherWay) {
  EXPECT_EQ(parse("help guard release").out, parse("guard release --help").out);
  EXPECT_EQ(parse("help").out, parse("--help").out);
  EXPECT_EQ(parse("help daemon").exit_code, 0);
  const std::string help = parse("daemon --help").out;
  EXPECT_LT(help.find("Basic:"), help.find("--sc-addr"));
  EXPECT_LT(help.find("--sc-addr"), help.find("--gossip.fanout"));
}

TEST(Arguments, MistakesEndWithTwoAndHelpWithZero) {
  for (const char* line : {"", "demon", "daemon --node", "status --output xml", "guard release", "config check",
                           "guard release a --all", "daemon --node a --node b", "cluster", "cluster replace",
                           "cluster replace a b", "keys", "keys forge 12ab", "keys use", "cluster dissolve"}) {
    EXPECT_EQ(parse(line).exit_code, 2) << line;
    EXPECT_NE(parse(line).err, "") << line;
  }
  EXPECT_EQ(parse("--help").exit_code, 0);
  EXPECT_NE(parse("daemon --help").out.find("--sc-addr"), std::string::npos);
}

TEST(Arguments, AnUnknownCommandIsAnsweredWithThoseThereAre) {
  EXPECT_NE(parse("keys forge 12ab").err.find("keys: unknown command \"forge\""), std::string::npos)
      << parse("keys forge 12ab").err;
  EXPECT_NE(parse("keys forge 12ab").err.find("list, install, use, remove"), std::string::npos);
  EXPECT_NE(parse("statsu").err.find("did you mean \"status\"?"), std::string::npos) << parse("statsu").err;
  EXPECT_NE(parse("keys").err.find("keys: say which command: list, install"), std::string::npos) << parse("keys").err;
}

TEST(Arguments, AWordOfAnotherToolIsAnsweredWithTheCommandThatItIsHere) {
  EXPECT_NE(parse("agent").err.find("here it is \"syncer daemon\""), std::string::npos) << parse("agent").err;
  EXPECT_NE(parse("members -format=json").err.find("here it is --output json"), std::string::npos)
      << parse("members -format=json").err;
  EXPECT_NE(parse("members -w json").err.find("here it is --output json"), std::string::npos);
  EXPECT_NE(parse("validate x.json").err.find("\"syncer config check FILE\""), std::string::npos);
  for (const char* word : {"info", "health", "keyring", "logs", "operator", "watch", "member", "metrics"}) {
    EXPECT_NE(parse(word).err.find("here it is \"syncer "), std::string::npos) << parse(word).err;
  }
}

TEST(Arguments, OperatorCommandsKnowTheirTarget) {
  const Parsed status = parse("status --check --output json --node a");
  ASSERT_TRUE(status.arguments) << status.err;
  EXPECT_TRUE(status.arguments->check && status.arguments->json);
  EXPECT_EQ(status.arguments->node, "a");
  const auto order = [](const std::string& line) { return parse(line).arguments.value().order; };
  EXPECT_EQ(order("guard release --all"), admin::Command(admin::ReleaseGuard{"*"}));
  EXPECT_EQ(order("guard release east"), admin::Command(admin::ReleaseGuard{"east"}));
  EXPECT_EQ(order("keys use 12ab"), admin::Command(admin::UseKey{"12ab"}));
  EXPECT_EQ(order("keys remove 12ab"), admin::Command(admin::RemoveKey{"12ab"}));
  EXPECT_EQ(order("cluster raise-generation"), admin::Command(admin::RaiseGeneration{}));
  EXPECT_EQ(order("cluster forget-proposal"), admin::Command(admin::ForgetProposal{}));
  EXPECT_EQ(order("reload"), admin::Command(admin::Reload{}));
  EXPECT_EQ(order("log-level debug"), admin::Command(admin::SetLogLevel{"debug"}));
  EXPECT_EQ(order("log-level debug --for 10m"), admin::Command(admin::SetLogLevel{"debug 10m"}));
  EXPECT_EQ(parse("--version").exit_code, 0);
  EXPECT_EQ(parse("--version").out.rfind("syncer ", 0), 0U);
  const Parsed replace = parse("cluster replace e3 --admin 127.0.0.1:30195");
  ASSERT_TRUE(replace.arguments) << replace.err;
  EXPECT_EQ(replace.arguments->order, admin::Command(admin::ReplaceVoter{"e3"}));
  EXPECT_EQ(replace.arguments->admin, "127.0.0.1:30195");
  const Parsed install = parse("keys install /etc/syncer/new.key");
  ASSERT_TRUE(install.arguments) << install.err;
  EXPECT_TRUE(std::holds_alternative<admin::InstallKey>(install.arguments->order));
  EXPECT_EQ(install.arguments->key_file, "/etc/syncer/new.key");
  EXPECT_TRUE(parse("cluster members --output json").arguments.value().json);
}

}  // namespace
}  // namespace syncer::cli
