package whorl.rules.logsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.engine.RuleSet;

/** Rules of other products about processes, files and connections, on our events. */
class SystemRulesOfOthersTest extends RulesOfOthersFixture {
  private static final String FILE = "{product: linux, category: file_event}";
  private static final String NETWORK = "{product: linux, category: network_connection}";

  @ParameterizedTest
  @CsvSource({
    "Image|endswith: /sh, sh -c id, true",
    "Image|endswith: /sh, /bin/sh -c id, true",
    "Image|endswith: /sh, ./sh -c id, true",
    "Image|endswith: /sh, sh, true",
    "Image|endswith: /sh, dash -c sh, false",
    "Image|endswith: /sh, echo /sh, false",
    "Image: /usr/bin/crontab, crontab -l, true",
    "Image: /usr/bin/crontab, /tmp/crontab -l, false",
    "Image|startswith: /tmp/, /tmp/x, true",
    "Image|startswith: /tmp/, x /tmp/, false",
    "Image|contains: /python, python3.11 a.py, true",
    "Image|contains: /local/, x, true",
    "Image|contains: /sbin/, /opt/x, false",
    "Image|re: .*/(curl|wget)$, curl http://x, true",
    "'Image|endswith: [/curl, /wget]', wget x, true",
    "'Image|endswith: [/curl, /wget]', echo curl, false",
    "CommandLine|contains: \" -c \", sh -c id, true",
    "'CommandLine|contains|all: [whoami, -x]', whoami -x, true",
    "ProcessId: 4711, x, true",
    "ParentImage|endswith: /java, x, true",
    "ParentImage|endswith: /bin/java, x, true",
    "'ParentImage|endswith: [/httpd, /java]', x, true",
    "ParentImage|contains: java, x, true",
  })
  void processCreation(String line, String command, boolean matching) {
    assertThat(matches(line(PROCESS, line), started(command))).isEqualTo(matching);
  }

  @Test
  void processCreation_thatFailed_isNone() {
    AgentEvent failed = Events.event(EventType.PROCESS_START, "command", "sh -c id", "pid", -1L);
    AgentEvent withoutId = Events.event(EventType.PROCESS_START, "command", "sh -c id");

    assertThat(matches(line(PROCESS, "Image|endswith: /sh"), failed)).isFalse();
    assertThat(matches(line(PROCESS, "Image|endswith: /sh"), withoutId)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"/httpd", "\\bash", "/bin/javac", "java.exe", "/node"})
  void parentThatIsNoJvm_isRefused(String image) {
    assertThat(
            problem(
                PROCESS,
                "s:\n  ParentImage|endswith: '"
                    + image
                    + "'\n  ParentCommandLine|contains: x\ncondition: s"))
        .contains("it can never match: ParentImage is always that of the JVM");
  }

  @Test
  void folderOfTheProcess_isUnknownIfAbsent() {
    RuleSet in = line(PROCESS, "CurrentDirectory|startswith: /opt/");
    RuleSet outside = set(PROCESS, "s:\n  CurrentDirectory|startswith: /opt/\ncondition: not s");
    AgentEvent unknown = started("x");
    AgentEvent opt =
        Events.event(EventType.PROCESS_START, "command", "x", "directory", "/opt/shop");
    AgentEvent srv = Events.event(EventType.PROCESS_START, "command", "x", "directory", "/srv");

    assertThat(matches(in, opt)).isTrue();
    assertThat(matches(in, srv)).isFalse();
    assertThat(matches(in, unknown)).isFalse();
    assertThat(matches(outside, opt)).isFalse();
    assertThat(matches(outside, srv)).isTrue();
    assertThat(matches(outside, unknown)).isFalse();
  }

  @Test
  void fileEvent_isAFileThatIsWrittenOrGetsAName() {
    RuleSet set = line(FILE, "TargetFilename|startswith: /etc/cron.d/");

    assertThat(matches(set, Events.written("/etc/cron.d/x"))).isTrue();
    assertThat(matches(set, Events.open("/etc/cron.d/x"))).isFalse();
    assertThat(
            matches(
                set,
                Events.event(
                    EventType.FILE_OPEN,
                    "path",
                    "/etc/cron.d/x",
                    "access",
                    "append",
                    "failed",
                    true)))
        .isFalse();
    assertThat(
            matches(
                set,
                Events.event(EventType.FILE_RENAME, "path", "/tmp/x", "target", "/etc/cron.d/x")))
        .isTrue();
    assertThat(
            matches(
                set,
                Events.event(EventType.FILE_RENAME, "path", "/etc/cron.d/x", "target", "/tmp/x")))
        .isFalse();
    assertThat(
            matches(
                set,
                Events.event(EventType.FILE_LINK, "path", "/etc/cron.d/x", "target", "/tmp/x")))
        .isTrue();
    assertThat(matches(set, Events.event(EventType.FILE_DELETE, "path", "/etc/cron.d/x")))
        .isFalse();
    assertThat(
            matches(
                set,
                Events.event(
                    EventType.FILE_OPEN,
                    "path",
                    "/srv/link",
                    "access",
                    "write",
                    "realPath",
                    "/etc/cron.d/x")))
        .isTrue();
  }

  @Test
  void fileEvent_ofAnotherProgram_isRefused() {
    assertThat(problem(FILE, "s:\n  Image|endswith: /wget\n  TargetFilename: /tmp/x\ncondition: s"))
        .contains("it can never match: Image is always that of the JVM");
    assertThat(
            matches(
                set(
                    FILE,
                    "s:\n  TargetFilename|endswith: .so\nfilter_main_x:\n  Image|endswith: /dpkg\n"
                        + "condition: s and not 1 of filter_main_*"),
                Events.written("/lib/a.so")))
        .isTrue();
  }

  @Test
  void networkConnection_knowsWhichSideBeganIt() {
    AgentEvent out =
        Events.event(
            EventType.SOCKET_CONNECT, "host", "pool.example", "address", "192.0.2.7", "port", 4444);
    AgentEvent in =
        Events.event(
            EventType.SOCKET_ACCEPT, "address", "192.0.2.8", "port", 50_000, "localPort", 4444);

    assertThat(matches(line(NETWORK, "Initiated: 'true'"), out)).isTrue();
    assertThat(matches(line(NETWORK, "Initiated: true"), in)).isFalse();
    assertThat(matches(line(NETWORK, "Initiated: 'false'"), in)).isTrue();
    assertThat(matches(line(NETWORK, "DestinationPort: [4444]"), out)).isTrue();
    assertThat(matches(line(NETWORK, "DestinationPort: 4444"), in)).isTrue();
    assertThat(matches(line(NETWORK, "DestinationHostname|endswith: .example"), out)).isTrue();
    assertThat(matches(line(NETWORK, "DestinationIp|cidr: 192.0.2.0/24"), out)).isTrue();
    assertThat(matches(line(NETWORK, "DestinationIp|cidr: 192.0.2.0/24"), in)).isFalse();
    assertThat(matches(line(NETWORK, "SourceIp: 192.0.2.8"), in)).isTrue();
    assertThat(
            matches(
                line(NETWORK, "Initiated: true"),
                Events.event(EventType.SOCKET_CONNECT, "address", "/run/x", "transport", "unix")))
        .isFalse();
  }

  @Test
  void networkConnection_exceptionForAnUnknownAddress_matchesNothing() {
    RuleSet set =
        set(
            NETWORK,
            "s:\n  DestinationPort: 4444\nlocal:\n  DestinationIp|cidr: 10.0.0.0/8\n"
                + "condition: s and not local");

    assertThat(
            matches(
                set, Events.event(EventType.SOCKET_CONNECT, "address", "192.0.2.7", "port", 4444)))
        .isTrue();
    assertThat(
            matches(
                set, Events.event(EventType.SOCKET_CONNECT, "address", "10.9.9.9", "port", 4444)))
        .isFalse();
    assertThat(matches(set, Events.event(EventType.SOCKET_CONNECT, "port", 4444))).isFalse();
    assertThat(
            matches(
                set,
                Events.event(
                    EventType.SOCKET_ACCEPT, "address", "192.0.2.8", "port", 1, "localPort", 4444)))
        .isFalse();
  }

  @Test
  void dns_queryAndAnswer() {
    AgentEvent looked =
        Events.event(
            EventType.DNS_LOOKUP,
            "host",
            "a.example",
            "addresses",
            List.of("10.0.0.1", "10.0.0.2"));

    assertThat(matches(line("{category: dns}", "query|endswith: .example"), looked)).isTrue();
    assertThat(matches(line("{category: dns}", "answer: 10.0.0.2"), looked)).isTrue();
    assertThat(
            matches(line("{product: linux, category: dns_query}", "QueryName: a.example"), looked))
        .isTrue();
    assertThat(problem("{category: dns}", "s:\n  record_type: TXT\ncondition: s"))
        .contains("needs record_type");
  }
}
