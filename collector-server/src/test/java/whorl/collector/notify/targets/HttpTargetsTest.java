package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.HttpSettings.Dialect;
import whorl.collector.testkit.HttpReceiver;
import whorl.evidence.Json;

/** What each type of target that is an HTTP server gets. */
@Timeout(60)
class HttpTargetsTest {
  @TempDir private Path folder;
  private HttpReceiver receiver;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpReceiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private HttpReceiver.Post deliver(Dialect dialect, Path secret) throws IOException {
    try (Target target = Samples.http(dialect, receiver.url(), secret).open()) {
      target.deliver(List.of(Samples.message()));
    }
    return receiver.posts.get(0);
  }

  private Path secret(String text) throws IOException {
    return Files.writeString(folder.resolve("secret"), text + "\n");
  }

  @Test
  void webhook_isSigned_asStandardWebhooksAre() throws Exception {
    byte[] key = "0123456789abcdef01234567".getBytes(StandardCharsets.UTF_8);
    HttpReceiver.Post post =
        deliver(Dialect.WEBHOOK, secret("whsec_" + Base64.getEncoder().encodeToString(key)));

    String id = post.headers().get("webhook-id");
    String time = post.headers().get("webhook-timestamp");
    assertThat(id).isEqualTo(Samples.ID.value());
    assertThat(Instant.ofEpochSecond(Long.parseLong(time)))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    mac.update((id + "." + time + ".").getBytes(StandardCharsets.UTF_8));
    assertThat(post.headers().get("webhook-signature"))
        .isEqualTo("v1," + Base64.getEncoder().encodeToString(mac.doFinal(post.body())));
    JsonNode json = post.json();
    assertThat(json.get("id").asText()).isEqualTo(Samples.ID.value());
    assertThat(json.get("kind").asText()).isEqualTo("alert");
    assertThat(json.get("count").asLong()).isEqualTo(16);
    assertThat(json.get("level").asText()).isEqualTo("high");
    assertThat(json.get("service").asText()).isEqualTo("shop");
    assertThat(json.get("link").asText())
        .isEqualTo("https://whorl.example.org/#/alerts/alert-0001");
    assertThat(json.get("fields").get("request.path").asText()).isEqualTo("/x?\"]\\");
  }

  /** The example of the specification's reference implementations. */
  @Test
  void signature_isThatOfTheSpecification() {
    byte[] key = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(
            Signature.of(
                key,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void slack_hasBlocks_withoutMentionsOrFormatsOfOthers() throws IOException {
    JsonNode json = deliver(Dialect.SLACK, null).json();

    assertThat(json.get("text").asText())
        .startsWith("high: A shell was started &lt;by&gt;")
        .doesNotContain("*now*")
        .contains("(16 events) in shop");
    assertThat(json.get("blocks").get(0).get("text").get("text").asText())
        .startsWith("<https://whorl.example.org/#/alerts/alert-0001|high: ");
    assertThat(json.get("blocks").get(1).get("fields").size()).isBetween(3, 10);
    assertThat(json.get("blocks").get(0).get("text").get("verbatim").asBoolean()).isTrue();
  }

  /** Slack refuses longer ones for good, and others choose the titles. */
  @Test
  void slack_fieldsThatOthersMakeLong_areCut() {
    List<String> also = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      also.add(i + "&".repeat(199));
    }

    JsonNode blocks =
        Json.MAPPER.valueToTree(SlackTarget.body(Samples.message(false, also))).get("blocks");

    assertThat(blocks.get(1).get("fields"))
        .extracting(field -> field.get("text").asText())
        .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(2_000))
        .anySatisfy(text -> assertThat(text).startsWith("*Also*\n0&amp;").endsWith("&amp;…"));
  }

  @Test
  void teams_isAnAdaptiveCard() throws IOException {
    JsonNode json = deliver(Dialect.TEAMS, null).json();

    assertThat(json.get("type").asText()).isEqualTo("message");
    JsonNode attachment = json.get("attachments").get(0);
    assertThat(attachment.get("contentType").asText())
        .isEqualTo("application/vnd.microsoft.card.adaptive");
    JsonNode card = attachment.get("content");
    assertThat(card.get("type").asText()).isEqualTo("AdaptiveCard");
    assertThat(card.get("version").asText()).isEqualTo("1.4");
    assertThat(card.get("body").get(0).get("text").asText()).contains("\\*now\\*");
    assertThat(card.get("body").get(0).get("color").asText()).isEqualTo("Attention");
    assertThat(card.get("body").get(1).get("type").asText()).isEqualTo("FactSet");
    assertThat(card.get("actions").get(0).get("url").asText()).contains("#/alerts/alert-0001");
  }

  @Test
  void alertmanager_getsOneAlertOfTheGroup_andTheEndOfItsLesserLevels() throws IOException {
    JsonNode alerts = deliver(Dialect.ALERTMANAGER, null).json();

    Map<String, String> ends = new TreeMap<>();
    alerts.forEach(
        alert -> ends.put(alert.get("labels").get("level").asText(), alert.get("endsAt").asText()));
    assertThat(ends)
        .containsOnlyKeys("informational", "low", "medium", "high")
        .containsEntry("high", "2026-12-01T06:00:10Z");
    ends.remove("high");
    assertThat(ends.values()).containsOnly("2026-11-30T06:00:10Z");
    JsonNode alert = alerts.get(3);
    assertThat(alert.get("labels").toString())
        .isEqualTo(
            "{\"alertname\":\"WhorlAlert\",\"source\":\"whorl\",\"level\":\"high\","
                + "\"severity\":\"warning\",\"group\":\"alert-0001\",\"service\":\"shop\","
                + "\"namespace\":\"production\"}");
    assertThat(alert.get("annotations").get("summary").asText())
        .startsWith("high: A shell was started");
    assertThat(alert.get("annotations").get("description").asText()).contains("Pod: shop-7d9f");
    assertThat(alert.get("startsAt").asText()).isEqualTo("2026-11-30T06:00:00.123456789Z");
    assertThat(alert.get("generatorURL").asText()).endsWith("#/alerts/alert-0001");
    assertThat(AlertmanagerTarget.alerts(Samples.message(true)))
        .hasSize(5)
        .allMatch(each -> each.get("endsAt").equals(Instant.parse("2026-11-30T06:00:10Z")));
  }

  @Test
  void pagerDuty_triggersAnIncidentOfTheGroup_andResolvesIt() throws IOException {
    Path key = secret("R0UT1NGKEY");
    JsonNode json = deliver(Dialect.PAGERDUTY, key).json();

    assertThat(json.get("routing_key").asText()).isEqualTo("R0UT1NGKEY");
    assertThat(json.get("event_action").asText()).isEqualTo("trigger");
    assertThat(json.get("dedup_key").asText()).isEqualTo("whorl-alert-0001");
    JsonNode payload = json.get("payload");
    assertThat(payload.get("severity").asText()).isEqualTo("error");
    assertThat(payload.get("source").asText()).isEqualTo("shop-7d9f");
    assertThat(payload.get("summary").asText()).contains("(16 events) in shop");
    assertThat(payload.get("custom_details").get("Rule").asText()).isEqualTo("rule-1");

    JsonNode over =
        Json.LENIENT.readTree(Json.bytes(PagerDutyTarget.body(Samples.message(true), "K")));
    assertThat(over.get("event_action").asText()).isEqualTo("resolve");
    assertThat(over.get("dedup_key").asText()).isEqualTo("whorl-alert-0001");
    assertThat(over.has("payload")).isFalse();
  }

  @Test
  void cloudEvents_areStructured_orBinary() throws IOException {
    HttpReceiver.Post structured = deliver(Dialect.CLOUDEVENTS, null);
    assertThat(structured.headers().get("content-type"))
        .isEqualTo("application/cloudevents+json; charset=utf-8");
    JsonNode event = structured.json();
    assertThat(event.get("specversion").asText()).isEqualTo("1.0");
    assertThat(event.get("type").asText()).isEqualTo("io.whorl.alert");
    assertThat(event.get("subject").asText()).isEqualTo("shop");
    assertThat(event.get("data").get("title").asText()).startsWith("A shell");

    Target binary =
        new HttpSettings(Dialect.CLOUDEVENTS, Samples.endpoint(receiver.url()), null, false).open();
    binary.deliver(List.of(Samples.message()));
    HttpReceiver.Post post = receiver.posts.get(1);
    assertThat(post.headers().get("ce-id")).isEqualTo(Samples.ID.value());
    assertThat(post.headers().get("ce-specversion")).isEqualTo("1.0");
    assertThat(post.headers().get("ce-source")).isEqualTo("https://whorl.example.org/");
    assertThat(post.headers().get("content-type")).isEqualTo("application/json");
    assertThat(post.json().get("rule").asText()).isEqualTo("rule-1");
  }

  @Test
  void otlp_isReadByOpenTelemetrysOwnProto() throws IOException {
    receiver.bytes = ExportLogsServiceResponse.getDefaultInstance().toByteArray();
    HttpReceiver.Post post = deliver(Dialect.OTLP, null);

    assertThat(post.headers().get("content-type")).isEqualTo("application/x-protobuf");
    ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(post.body());
    assertThat(attributes(request.getResourceLogs(0).getResource().getAttributesList()))
        .containsEntry("service.name", "shop")
        .containsEntry("k8s.pod.name", "shop-7d9f")
        .containsEntry("k8s.namespace.name", "production")
        .containsEntry("service.instance.id", "agent-0001");
    LogRecord log = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
    assertThat(log.getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_ERROR);
    assertThat(log.getEventName()).isEqualTo("whorl.alert");
    assertThat(log.getTimeUnixNano()).isEqualTo(1_796_018_400_123_456_789L);
    assertThat(attributes(log.getAttributesList()))
        .containsEntry("log.record.uid", Samples.ID.value())
        .containsEntry("security_rule.uuid", "rule-1")
        .containsEntry("whorl.alert.id", "alert-0001")
        .containsEntry("whorl.field.request.path", "/x?\"]\\");
  }

  @Test
  void otlp_thatRejectsLogs_isARefusal() throws IOException {
    receiver.bytes =
        ExportLogsServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportLogsPartialSuccess.newBuilder()
                    .setRejectedLogRecords(1)
                    .setErrorMessage("too old"))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> deliver(Dialect.OTLP, null))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("too old");
  }

  private static Map<String, String> attributes(List<KeyValue> attributes) {
    Map<String, String> map = new TreeMap<>();
    attributes.forEach(each -> map.put(each.getKey(), each.getValue().getStringValue()));
    return map;
  }

  @Test
  void refusals_sayWhetherToTryAgain_andWhen() throws IOException {
    receiver.status = 503;
    receiver.answerHeaders.put("Retry-After", "120");
    RefusedException later = refusal();
    assertThat(later.isForGood()).isFalse();
    assertThat(later.retryAfter()).isEqualTo(Duration.ofMinutes(2));

    receiver.answerHeaders.clear();
    receiver.status = 422;
    receiver.answer = "no such field";
    RefusedException forGood = refusal();
    assertThat(forGood.isForGood()).isTrue();
    assertThat(forGood).hasMessageContaining("422 no such field");

    receiver.status = 302;
    receiver.answerHeaders.put("Location", "http://127.0.0.1:1/");
    assertThatThrownBy(() -> deliver(Dialect.WEBHOOK, null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("redirects are not followed");
  }

  private RefusedException refusal() {
    return catchThrowableOfType(RefusedException.class, () -> deliver(Dialect.WEBHOOK, null));
  }

  @Test
  void retryAfter_mayBeADate_andIsBounded() {
    assertThat(HttpSender.time("Fri, 31 Dec 1999 23:59:59 GMT")).isZero();
    assertThat(HttpSender.time("999999999")).isEqualTo(Duration.ofHours(6));
    assertThat(HttpSender.time("soon")).isNull();
  }

  @Test
  void serverThatHangs_isLeftAfterTheLimit() throws IOException {
    receiver.hanging = new CountDownLatch(1);
    HttpSender sender = new HttpSender(Samples.endpoint(receiver.url()), Duration.ofMillis(500));
    assertThatThrownBy(() -> sender.post(Map.of(), new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer");
    receiver.hanging.countDown();
  }

  @Test
  void serverThatSendsWithoutEnd_isLeftAfterTheFirstBytes() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread endless = new Thread(() -> sendWithoutEnd(server));
      endless.setDaemon(true);
      endless.start();
      HttpSender sender =
          new HttpSender(
              Samples.endpoint("http://127.0.0.1:" + server.getLocalPort() + "/"),
              Duration.ofSeconds(20));
      assertThat(sender.exchange(Map.of(), new byte[0]).body()).hasSize(4 << 10);
    }
  }

  private static void sendWithoutEnd(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] more = new byte[1024];
      while (true) {
        socket.getOutputStream().write(more);
      }
    } catch (IOException closed) {
      // the other side has enough
    }
  }

  @Test
  void localAddresses_areRefused_unlessTheyAreMeant() {
    assertThatThrownBy(() -> Addresses.of("127.0.0.1", false))
        .hasMessageContaining("allow-local: true");
    assertThatThrownBy(() -> Addresses.of("169.254.169.254", false))
        .hasMessageContaining("only this machine");
    assertThatThrownBy(() -> Addresses.of("::ffff:169.254.169.254", false)).isNotNull();
    assertThatThrownBy(() -> Addresses.of("64:ff9b::a9fe:a9fe", false)).isNotNull();
    assertThatThrownBy(() -> Addresses.of("fe80::1", false)).isNotNull();
    assertThatThrownBy(() -> Addresses.of("fd00:ec2::254", false)).isNotNull();
    assertThatThrownBy(() -> Addresses.of("0.0.0.0", true)).isNotNull();
  }

  @Test
  void addressesThatHideAnother_areRefusedToo() {
    for (String hidden :
        List.of(
            "64:ff9b:1::7f00:1", // NAT64 of one's own
            "64:ff9b:1:a9fe:a9:fe00:0:1", // after a prefix of 48 bits
            "64:ff9b:1:a9:fe:a9fe:0:1",
            "64:ff9b:1:0:a9:fea9:fe00:1",
            "2002:7f00:1::", // 6to4
            "2002:a9fe:a9fe::1",
            "::127.0.0.1",
            "fd00:ec2::23",
            "fd20:ce::254")) {
      assertThatThrownBy(() -> Addresses.of(hidden, false)).as(hidden).isNotNull();
    }
  }

  /**
   * A literal of this form is an IPv4 address for Java; what a name server answers is not changed.
   */
  @Test
  void nameThatLeadsToAMappedAddress_isRefusedToo() throws IOException {
    for (String mapped : List.of("127.0.0.1", "169.254.169.254", "168.63.129.16", "0.0.0.0")) {
      byte[] bytes = new byte[16];
      bytes[10] = bytes[11] = (byte) 0xff;
      System.arraycopy(InetAddress.getByName(mapped).getAddress(), 0, bytes, 12, 4);
      InetAddress answered = Inet6Address.getByAddress("hooks.example", bytes, 0);
      assertThatThrownBy(() -> Addresses.check("hooks.example", answered, false))
          .as(mapped)
          .hasMessageContaining("hooks.example is " + mapped);
    }
  }

  /** Somebody who controls the name may have it lead elsewhere a moment later. */
  @Test
  void connection_isToTheAddressThatWasChecked_andTheNameIsNotResolvedAgain() throws IOException {
    List<String> asked = new ArrayList<>();
    URI there = URI.create(receiver.url());
    HttpSender sender =
        new HttpSender(
            Samples.endpoint("http://hooks.invalid:" + there.getPort() + there.getPath()),
            Duration.ofSeconds(20),
            (host, allowLocal) -> {
              asked.add(host);
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });

    sender.post(Map.of(), "{}".getBytes(StandardCharsets.UTF_8));

    assertThat(asked).containsExactly("hooks.invalid");
    assertThat(receiver.posts.get(0).headers())
        .containsEntry("host", "hooks.invalid:" + there.getPort());
  }

  @Test
  void titleWithLineBreaks_isOneLine() {
    Message message = Samples.message();
    Notice notice = message.notice();
    Message hostile =
        new Message(
            message.id(),
            message.notification(),
            new Notice(
                notice.kind(),
                notice.group(),
                notice.time(),
                notice.level(),
                notice.over(),
                "x\r\nBcc: all@example.org\u2028<13>1 - forged",
                "a\nb",
                notice.source(),
                notice.service(),
                notice.namespace(),
                notice.pod(),
                notice.agent(),
                notice.alert(),
                notice.capture(),
                notice.evidence(),
                notice.state(),
                notice.reason(),
                notice.tags(),
                notice.findings(),
                notice.fields(),
                notice.also()),
            message.count(),
            message.added(),
            message.page());

    assertThat(hostile.line()).contains("x  Bcc: all@example.org <13>1 - forged");
    assertThat(new String(SyslogLine.of(hostile, 1, "collector"), StandardCharsets.UTF_8))
        .doesNotContain("\n")
        .contains("rule=\"a b\"");
  }

  /** Who reads the collector's status is not who may post there. */
  @Test
  void secretsThatTheServerRepeats_areInNoMessage() throws IOException {
    Path url =
        Files.writeString(folder.resolve("url"), receiver.url() + "/T0PSECRET?sig=S1GNATURE");
    Endpoint endpoint =
        new Endpoint(null, new SecretFile(url), Map.of(), Map.of(), null, true, true);
    receiver.status = 400;
    receiver.answer = "no channel at \\/hook\\/T0PSECRET with S1GNATURE / or R0UT1NGKEY";
    for (Dialect dialect : List.of(Dialect.SLACK, Dialect.PAGERDUTY)) {
      Path key = secret("R0UT1NGKEY");
      Target target = new HttpSettings(dialect, endpoint, new SecretFile(key), true).open();
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .hasMessageContaining("with ••• / or")
          .satisfies(
              e ->
                  assertThat(e.toString())
                      .doesNotContain("T0PSECRET", "S1GNATURE")
                      .matches(text -> dialect == Dialect.SLACK || !text.contains("R0UT1NGKEY")));
    }
    Target target =
        new HttpSettings(
                Dialect.WEBHOOK,
                Samples.endpoint(
                    receiver.url(),
                    Map.of("Authorization", new SecretFile(secret("Bearer s3cr3t-token")))),
                null,
                true)
            .open();
    receiver.answer = "wrong: s3cr3t-token";
    assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
        .hasMessageContaining("wrong: •••");

    Target login =
        new HttpSettings(
                Dialect.WEBHOOK,
                Samples.endpoint(
                    receiver.url() + "?sig=a%2Bb%2Bc%2Bd",
                    Map.of(
                        "Authorization", new SecretFile(secret("Basic d2hvcmw6czNjcjN0LXBhc3M=")))),
                null,
                true)
            .open();
    receiver.answer = "wrong: s3cr3t-pass and a+b+c+d.";
    assertThatThrownBy(() -> login.deliver(List.of(Samples.message())))
        .hasMessageContaining("wrong: ••• and •••.");
  }

  @Test
  void secretHeaders_areSent_andInNoMessage() throws IOException {
    Path secret = secret("Bearer s3cr3t-token");
    Target target =
        new HttpSettings(
                Dialect.WEBHOOK,
                Samples.endpoint(receiver.url(), Map.of("Authorization", new SecretFile(secret))),
                null,
                true)
            .open();
    target.deliver(List.of(Samples.message()));
    assertThat(receiver.posts.get(0).headers())
        .containsEntry("authorization", "Bearer s3cr3t-token");

    receiver.status = 401;
    receiver.answer = "not a token: Bearer s3cr3t-token";
    assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
        .hasMessageContaining("401 not a token: •••")
        .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cr3t"));

    Files.writeString(secret, "Bearer new-one");
    receiver.status = 200;
    target.deliver(List.of(Samples.message()));
    assertThat(receiver.posts.get(2).headers()).containsEntry("authorization", "Bearer new-one");
  }
}
