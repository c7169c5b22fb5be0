// SPDX-License-Identifier: Apache-2.0
package registry;

import java.util.Arrays;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** `server [--PROPERTY=VALUE...]` or `client [--PROPERTY=VALUE...]`; the properties are Spring's own. */
public final class Main {
  private Main() {}

  public static void main(String[] words) {
    String role = words.length == 0 ? "" : words[0];
    String[] properties = words.length == 0 ? words : Arrays.copyOfRange(words, 1, words.length);
    switch (role) {
      case "server" -> new SpringApplicationBuilder(Server.class).profiles("server").run(properties);
      case "client" -> new SpringApplicationBuilder(Client.class).profiles("client").run(properties);
      default -> {
        System.err.println("the first word is server or client, not \"" + role + "\"");
        System.exit(2);
      }
    }
  }
}
