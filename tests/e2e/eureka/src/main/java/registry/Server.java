// SPDX-License-Identifier: Apache-2.0
package registry;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** A Eureka server with everything as shipped. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableEurekaServer
public class Server {
  @Value("${server.address}")
  private String address;

  @EventListener
  void listening(WebServerInitializedEvent event) {
    System.out.println("listening on http://" + address + ":" + event.getWebServer().getPort());
  }
}
