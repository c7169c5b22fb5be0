// SPDX-License-Identifier: Apache-2.0
package registry;

import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.shared.Application;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that registers itself, and prints what it finds as often as that changes, until it is ended. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Client {
  @Bean
  CommandLineRunner watch(EurekaClient eureka) {
    return words -> {
      for (String former = ""; ; TimeUnit.MILLISECONDS.sleep(200)) {
        String found = found(eureka);
        if (!found.equals(former)) System.out.println(found);
        former = found;
      }
    };
  }

  private static String found(EurekaClient eureka) {
    TreeSet<String> all = new TreeSet<>();
    for (Application application : eureka.getApplications().getRegisteredApplications()) {
      application.getInstances().forEach(i -> all.add(application.getName() + "@" + i.getIPAddr() + ":" + i.getPort()));
    }
    return "finds " + String.join(" ", all) + " .";
  }
}
