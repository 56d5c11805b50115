package whorl.collector.notify.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.notify.message.Kind;
import whorl.evidence.Level;

/** What a file of notifications may have, and what is refused. */
class NotifyReaderTest {
  @TempDir private Path folder;
  private String secret;

  @BeforeEach
  void makeSecret() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), "whsec_" + "QUJD".repeat(8)).toString();
    Files.writeString(folder.resolve("url"), "https://hooks.example.org/services/T1/B1/x\n");
  }

  private Notifications read(String yaml) throws IOException {
    return NotifyReader.read(
        yaml.replace("SECRET", secret).replace("URLFILE", folder.resolve("url").toString()));
  }

  @Test
  void allTypes_areRead() throws IOException {
    Notifications read =
        read(
            """
            public-url: https://whorl.example.org/
            notifications:
              - {name: hook, type: webhook, url: 'https://a.example.org/x', secret-file: SECRET}
              - {name: chat, type: slack, url-file: URLFILE}
              - {name: card, type: teams, url-file: URLFILE}
              - {name: pager, type: pagerduty, routing-key-file: SECRET}
              - {name: events, type: cloudevents, url: 'https://a.example.org', mode: binary}
              - {name: logs, type: otlp, url: 'https://otel.example.org/v1/logs',
                 filter: {kinds: [journal, alert]}}
              - name: mail
                type: smtp
                host: mail.example.org
                user: whorl
                password-file: SECRET
                from: whorl@example.org
                to: [on-call@example.org, soc@example.org]
              - {name: log, type: syslog, host: log.example.org, facility: local3}
            """);

    assertThat(read.all())
        .extracting(Notification::name)
        .containsExactly("hook", "chat", "card", "pager", "events", "logs", "mail", "log");
    assertThat(read.all())
        .extracting(each -> each.target().shown())
        .containsExactly(
            "https://a.example.org/x",
            "the URL in " + folder.resolve("url"),
            "the URL in " + folder.resolve("url"),
            "https://events.pagerduty.com/v2/enqueue",
            "https://a.example.org",
            "https://otel.example.org/v1/logs",
            "on-call@example.org, soc@example.org by mail.example.org:587",
            "tls://log.example.org:6514");
    assertThat(read.page()).hasToString("https://whorl.example.org/");
  }

  @Test
  void filter_andTimes_areRead() throws IOException {
    Notification read =
        read("""
        notifications:
          - name: pager
            type: pagerduty
            routing-key-file: SECRET
            every: 30m
            wait: 0s
            group-by: service
            retry-for: 2h
            include: [request.path]
            filter:
              kinds: [alert, capture-failed]
              level: high
              services: [shop]
              namespaces: [production]
              labels: {team: checkout}
              rules: [r-1]
        """)
            .all()
            .get(0);

    assertThat(read.filter())
        .isEqualTo(
            new Filter(
                Set.of(Kind.ALERT, Kind.CAPTURE_FAILED),
                Level.HIGH,
                Set.of("shop"),
                Set.of("production"),
                Map.of("team", "checkout"),
                Set.of("r-1")));
    assertThat(read.every()).isEqualTo(Duration.ofMinutes(30));
    assertThat(read.delay()).isZero();
    assertThat(read.retryFor()).isEqualTo(Duration.ofHours(2));
    assertThat(read.include()).containsExactly("request.path");
    assertThat(
            read.filter()
                .accepts(
                    Kind.ALERT,
                    Level.HIGH,
                    "shop",
                    "production",
                    "r-1",
                    () -> Map.of("team", "checkout", "tier", "web")))
        .isTrue();
    assertThat(
            read.filter()
                .accepts(
                    Kind.ALERT,
                    Level.MEDIUM,
                    "shop",
                    "production",
                    "r-1",
                    () -> Map.of("team", "checkout")))
        .isFalse();
    assertThat(read.filter().accepts(Kind.ALERT, Level.HIGH, "shop", "production", "r-1", Map::of))
        .isFalse();
    assertThat(read.filter().accepts(Kind.ALERT, Level.HIGH, null, "production", "r-1", Map::of))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: slack, url-file: URLFILE}                      | has no name
          {name: A b, type: slack, url-file: URLFILE}           | has a name that is none
          {name: dead, type: slack, url-file: URLFILE}          | is reserved
          {name: a, type: pigeon}                               | none of webhook, slack
          {name: a, type: slack, url: 'https://x.example.org'}  | needs url-file
          {name: a, type: webhook}                              | needs either url or url-file
          {name: a, type: webhook, url: 'http://x.example.org'} | is http
          {name: a, type: webhook, url: 'https://u:p@x.org'}    | has a user
          {name: a, type: webhook, url: 'https://x.org', typ: 1}| 'typ' is none of
          {name: a, type: webhook, url: 'https://x.org', every: 5}| expected a time
          {name: a, type: webhook, url: 'https://x.org', headers: {Authorization: x}}| a secret in headers
          {name: a, type: webhook, url: 'https://x.org', headers: {Host: x}}| cannot be set here
          {name: a, type: webhook, url: 'https://x.org', secret-file: /none/at/all}| no file /none/at/all
          {name: a, type: webhook, url: 'https://x.org', filter: {level: worst}}| one of informational
          {name: a, type: webhook, url: 'https://x.org', filter: {kinds: [journal]}}| only type otlp
          {name: a, type: webhook, url: 'https://x.org', filter: {kinds: [alarm]}}| none of alert, agent-lost
          {name: a, type: webhook, url: 'https://x.org', filter: {labels: {}}}| it is empty
          {name: a, type: webhook, url: 'https://x.org', filter: {services: []}}| the list is empty
          {name: a, type: pagerduty}                            | has no routing-key-file
          {name: a, type: smtp, host: h, from: a@b.org}         | has no to
          {name: a, type: smtp, host: h, from: a@b.org, to: ['x@y.org, z@y.org']}| address that is none
          {name: a, type: smtp, host: h, tls: none, user: u, password-file: SECRET, from: a@b.org, to: [x@y.org]}| in the clear
          {name: a, type: syslog, host: 'h:1/x'}                | host that is none
          {name: a, type: syslog, host: h, facility: loud}      | none of kern
          {name: a, type: syslog, host: h, port: 99999}         | from 1 to 65535
          """)
  void whatIsWrong_isRefused_withItsLine(String notification, String problem) {
    assertThatThrownBy(() -> read("notifications:\n  - " + notification + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line ")
        .hasMessageContaining(problem);
  }

  @Test
  void sameNameTwice_isRefused() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    notifications:
                      - {name: a, type: slack, url-file: URLFILE}
                      - {name: a, type: teams, url-file: URLFILE}
                    """))
        .hasMessageContaining("line 3")
        .hasMessageContaining("is there twice");
  }

  @Test
  void secretWrittenIntoTheFile_isInNoMessage() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    notifications:
                      - {name: a, type: slack, url-file: "https://hooks.slack.com/s3cr3t", every: "}
                    """))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cr3t"));
  }

  @Test
  void newVersionThatIsWrong_leavesTheEarlierOneInUse() throws IOException {
    Path file = folder.resolve("notify.yaml");
    String good = "notifications:\n  - {name: a, type: slack, url-file: " + folder + "/url}\n";
    Files.writeString(file, good);
    NotifyFile notify = NotifyFile.open(file);

    Files.writeString(file, "notifications: [{name: a, type: pigeon}]");
    assertThatThrownBy(notify::reload).hasMessageContaining(file.toString());
    assertThat(notify.now().find("a")).isNotNull();
    assertThat(notify.problem()).contains("stays valid");

    Files.writeString(file, good.replace("name: a", "name: b"));
    assertThat(notify.reload()).isTrue();
    assertThat(notify.now().find("b")).isNotNull();
    assertThat(notify.problem()).isNull();
    assertThat(notify.reload()).isFalse();
  }
}
