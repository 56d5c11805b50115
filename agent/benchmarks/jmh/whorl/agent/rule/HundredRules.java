package whorl.agent.rule;

import java.util.List;
import whorl.rules.engine.RuleSet;

/** Rules of the kinds that people write, ten of each. */
final class HundredRules {
  private static final int OF_EACH = 10;

  /** Category, and detection with a number to be put in. */
  private static final List<String[]> KINDS =
      List.of(
          new String[] {
            "file_event",
            """
            selection:
              event: FileOpen
              path|contains: ['/secret#/', '/private#/', '\\\\windows#\\\\']
              path|endswith: '.key#'
            names:
              path|startswith: ['/etc/conf#', '/root/#']
            filter:
              stack|contains: 'com.example.Loader#'
            condition: (selection or names) and not filter
            """
          },
          new String[] {
            "file_event",
            """
            selection:
              path|endswith: ['/id_rsa#', '.pem#', '.jks#', '/.aws/credentials#']
            condition: selection
            """
          },
          new String[] {
            "file_event",
            """
            selection:
              access: [write, read-write, append]
              path|contains: ['/webapps/app#/', '/htdocs#/']
            extension:
              path|endswith: [.jsp, .jspx, .war]
            condition: all of them
            """
          },
          new String[] {
            "file_event",
            """
            selection:
              path|re: '^/proc/[0-9]+/(environ|mem|maps)#$'
            condition: selection
            """
          },
          new String[] {
            "file_event",
            """
            selection:
              path|cased|contains: 'SecretStore#'
              request.path|startswith: '/api/v#'
            keywords:
              - 'beacon#'
              - 'implant#'
            condition: 1 of them
            """
          },
          new String[] {
            "file_event",
            """
            selection:
              event: [FileDelete, FileRename]
              path|contains: '/var/log/service#'
            condition: selection
            """
          },
          new String[] {
            "network_connection",
            """
            selection:
              address|cidr: ['10.#.0.0/16', '2001:db8:#::/48']
              port: [4444, 8#]
            filter:
              host|endswith: '.cluster.local'
            condition: selection and not filter
            """
          },
          new String[] {
            "process_creation",
            """
            selection:
              command|contains|all: ['curl', '-o /tmp/#']
            shell:
              command|re: '(?:ba|da|z)?sh -c .*#'
            condition: selection or shell
            """
          },
          new String[] {
            "http_request",
            """
            selection:
              query|contains: ['${jndi:#', '../etc#', 'cmd#=']
            agent:
              userAgent|contains: ['sqlmap#', 'nikto#']
            found:
              status|gte: 500
              path|re: '/(admin|manage)#/.*'
            condition: 1 of them
            """
          });

  private HundredRules() {}

  static RuleSet parse() {
    StringBuilder yaml = new StringBuilder();
    for (String[] kind : KINDS) {
      for (int number = 0; number < OF_EACH; number++) {
        rule(yaml, kind, number);
      }
    }
    for (int number = 0; number < OF_EACH; number++) {
      correlation(yaml, number);
    }
    return RuleSet.parse(yaml.toString(), "hundred.yml");
  }

  private static void rule(StringBuilder yaml, String[] kind, int number) {
    int index = KINDS.indexOf(kind);
    yaml.append("---\ntitle: rule ").append(index).append(' ').append(number);
    yaml.append("\nname: rule_").append(index).append('_').append(number);
    yaml.append("\nlogsource:\n  product: jvm\n  category: ").append(kind[0]);
    yaml.append("\ndetection:\n");
    yaml.append(kind[1].replace("#", Integer.toString(number)).indent(2));
  }

  private static void correlation(StringBuilder yaml, int number) {
    yaml.append("---\ntitle: correlation ").append(number);
    yaml.append("\ncorrelation:\n  type: temporal\n  rules: [rule_0_").append(number);
    yaml.append(", rule_7_").append(number);
    yaml.append("]\n  group-by: [request.id]\n  timespan: 30s\n");
  }
}
