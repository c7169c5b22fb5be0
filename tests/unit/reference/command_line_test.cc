// SPDX-License-Identifier: Apache-2.0
#include "syncer/reference/command_line.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "syncer/reference/completion.h"
#include "syncer/reference/man_page.h"

namespace syncer::reference {
namespace {

struct Program {
  Program() {
    app.require_subcommand(1);
    CLI::App* paint = app.add_subcommand("paint", "paint a wall.\nIt's wet then");
    paint->add_option("--colour,-c", colour, "which one")->check(CLI::IsMember({"red", "blue"}))->default_str("red");
    paint->add_option("--plan-file", plan, "what goes where")->type_name("FILE");
    paint->add_flag("--quick", quick, "one layer")->group("Advanced");
    paint->add_option("wall", wall, ".north or south")->required();
    CLI::App* rooms = app.add_subcommand("room", "rooms")->require_subcommand(1);
    rooms->add_subcommand("list", "all of them");
    offer_commands(app, "house 1.0", {{"house.conf", [] { return std::string("the other page"); }}});
  }
  /// What the line prints, or the error.
  std::string run(const std::string& line) {
    try {
      app.parse(line);
    } catch (const CLI::CallForVersion& text) {
      return text.what();
    } catch (const CLI::ParseError& error) {
      return std::string("error: ") + error.what();
    }
    return "";
  }
  CLI::App app{"Keeps a house.", "house"};
  std::string colour;
  std::string plan;
  std::string wall;
  bool quick = false;
};

TEST(CommandLine, IsReadAsTheHelpShowsIt) {
  const Program program;
  const Command house = command_of(program.app);
  ASSERT_EQ(house.commands.size(), 5U);
  const Command& paint = house.commands[0];
  EXPECT_EQ(paint.path, "house paint");
  EXPECT_EQ(paint.about, "paint a wall. It's wet then");
  ASSERT_EQ(paint.options.size(), 4U);
  const Option& colour = paint.options[1];
  EXPECT_EQ(colour.names, (std::vector<std::string>{"--colour", "-c"}));
  EXPECT_EQ(colour.choices, (std::vector<std::string>{"red", "blue"}));
  EXPECT_EQ(colour.default_value, "red");
  EXPECT_EQ(colour.value, "TEXT");
  EXPECT_FALSE(colour.is_path);
  EXPECT_TRUE(paint.options[2].is_path);
  EXPECT_EQ(paint.options[3].value, "") << "a flag takes none";
  EXPECT_EQ(paint.options[3].group, "Advanced");
  ASSERT_EQ(paint.arguments.size(), 1U);
  EXPECT_TRUE(paint.arguments[0].required);
  EXPECT_EQ(all_commands(house).size(), 7U);
}

TEST(CommandLine, ChoicesAreThoseOfTheForm) {
  EXPECT_EQ(choices_of("TEXT:{a,b}"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(choices_of("on|off"), (std::vector<std::string>{"on", "off"}));
  EXPECT_TRUE(choices_of("IP:PORT").empty());
}

TEST(CommandLine, HelpOfACommandIsPrinted) {
  EXPECT_NE(Program().run("help paint").find("--colour"), std::string::npos);
  EXPECT_NE(Program().run("help room list").find("all of them"), std::string::npos);
  EXPECT_NE(Program().run("help").find("Keeps a house."), std::string::npos);
  const std::string wrong = Program().run("help pant");
  EXPECT_NE(wrong.find("no command \"pant\", did you mean \"paint\"?"), std::string::npos) << wrong;
}

TEST(CommandLine, ManualHasEveryCommandAndEscapesTheText) {
  const std::string page = Program().run("manual");
  EXPECT_NE(page.find(".TH HOUSE 1 \"\" \"house 1.0\""), std::string::npos) << page;
  EXPECT_NE(page.find("house \\- Keeps a house\n"), std::string::npos) << page;
  EXPECT_NE(page.find(".SS house paint\n"), std::string::npos);
  EXPECT_NE(page.find(".SS house room list\n"), std::string::npos);
  EXPECT_EQ(page.find(".SS house room\n"), std::string::npos) << "a group is no command";
  EXPECT_NE(page.find(".B \\-\\-colour, \\-c TEXT\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\n\\&.north or south\n"), std::string::npos) << page;
  EXPECT_NE(page.find("One of: red, blue."), std::string::npos) << page;
  EXPECT_EQ(Program().run("manual house.conf"), "the other page");
  EXPECT_EQ(Program().run("manual garden").substr(0, 6), "error:");
}

TEST(CommandLine, CompletionIsOfOneShellAndOthersAreRefused) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = Program().run(std::string("completion ") + shell);
    EXPECT_NE(script.find("colour"), std::string::npos) << shell;
    EXPECT_NE(script.find("red blue"), std::string::npos) << shell;
  }
  EXPECT_EQ(Program().run("completion csh").substr(0, 6), "error:");
  EXPECT_EQ(completion(Command{}, "csh"), "");
}

TEST(CommandLine, AProgramWithoutCommandsHasFlags) {
  CLI::App app{"Watches.", "watch"};
  std::string needed;
  app.add_option("--needed", needed)->required();
  offer_flags(app, "watch 2");
  try {
    app.parse("--manual");
    FAIL() << "nothing was printed";
  } catch (const CLI::CallForVersion& text) {
    EXPECT_NE(std::string(text.what()).find(".TH WATCH 1"), std::string::npos);
  }
}

}  // namespace
}  // namespace syncer::reference
