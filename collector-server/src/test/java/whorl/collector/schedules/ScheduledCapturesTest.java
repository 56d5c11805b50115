package whorl.collector.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.http.request.Role;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.schedules.Schedule;
import whorl.collector.store.schedules.ScheduleLedger;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Json;

/** Schedules over HTTP, and their turns. */
@ParameterizedClass
@EnumSource
class ScheduledCapturesTest {
  private static final String NIGHTLY =
      "{\"target\":{\"service\":\"shop\"},\"everySeconds\":86400,\"artifacts\":[\"threads\"]}";

  @Parameter TestDatabase.Engine engine;
  @TempDir private Path folder;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-25T12:00:00Z"));
  private final List<Schedule> requested = new ArrayList<>();
  private CustodyLog custody;
  private TestDatabase data;
  private Database database;
  private ScheduleLedger ledger;
  private FakeClient responder;
  private int captures = 1;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    ledger = new ScheduleLedger(database);
    custody =
        CustodyLog.open(
            new DataFolder(Files.createTempDirectory(folder, "custody")), Disk.LOCAL, now::get);
    responder =
        new FakeClient(
            new ScheduleRoutes(ledger, new ScheduleCustody(custody), now::get).routes(),
            Role.RESPONDER);
  }

  @AfterEach
  void close() throws IOException {
    custody.close();
    data.close();
  }

  private ScheduledCaptures scheduled() {
    return new ScheduledCaptures(
        ledger,
        schedule -> {
          requested.add(schedule);
          return captures;
        },
        now::get);
  }

  private Answer put(String name, String body) {
    return responder.call(
        "PUT",
        "/api/v1/schedules/" + name,
        Map.of("Content-Type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void schedule_hasItsTurnAfterEachInterval_atOneCollector() throws IOException {
    assertThat(put("nightly", NIGHTLY).status()).isEqualTo(200);
    ScheduledCaptures one = scheduled();
    ScheduledCaptures other = scheduled();

    one.run();
    assertThat(requested).isEmpty();
    pass(Duration.ofDays(1));
    one.run();
    other.run();
    assertThat(requested).hasSize(1);
    assertThat(requested.get(0).artifacts()).containsExactly("threads");
    assertThat(requested.get(0).replicas()).isEqualTo(1);

    // missed turns are made up for once, and the rhythm stays
    pass(Duration.ofHours(24 * 3 + 5));
    other.run();
    one.run();
    assertThat(requested).hasSize(2);
    assertThat(ledger.all().get(0).next()).isEqualTo(Instant.parse("2026-11-30T12:00:00Z"));
    assertThat(one.requested() + other.requested()).isEqualTo(2);
  }

  @Test
  void turnWithoutAnAgent_isCounted() throws IOException {
    put("nightly", NIGHTLY);
    captures = 0;
    pass(Duration.ofDays(1));
    ScheduledCaptures one = scheduled();

    one.run();
    one.run();

    assertThat(one.skipped()).isEqualTo(1);
  }

  @Test
  void turnThatFails_isTriedAgain_andKeepsNoOtherSchedule() throws IOException {
    put("nightly", NIGHTLY);
    put("other", NIGHTLY.replace("shop", "cart"));
    pass(Duration.ofDays(1));
    AtomicReference<String> failing = new AtomicReference<>("shop");
    ScheduledCaptures scheduled =
        new ScheduledCaptures(
            ledger,
            schedule -> {
              if (failing.get().equals(schedule.service())) {
                throw new IOException("no room");
              }
              requested.add(schedule);
              return captures;
            },
            now::get);

    assertThatThrownBy(scheduled::run).hasMessage("schedule nightly: no room");
    assertThat(requested).extracting(Schedule::name).containsExactly("other");
    assertThat(scheduled.failed()).isEqualTo(1);

    failing.set("none");
    scheduled.run();
    scheduled.run();
    assertThat(requested).extracting(Schedule::name).containsExactly("other", "nightly");
    assertThat(ledger.all())
        .allSatisfy(
            entry -> assertThat(entry.next()).isEqualTo(Instant.parse("2026-11-27T12:00:00Z")));
  }

  @Test
  void turnThatFails_whileTheRecordsAreAway_isGivenBackLater() throws IOException {
    put("nightly", NIGHTLY);
    pass(Duration.ofDays(1));
    AtomicBoolean away = new AtomicBoolean();
    Database records =
        new DelegatingDatabase(database) {
          @Override
          protected void beforeStatement() throws IOException {
            if (away.get()) {
              throw new IOException("the records are away");
            }
          }
        };
    ScheduledCaptures scheduled =
        new ScheduledCaptures(
            new ScheduleLedger(records),
            schedule -> {
              requested.add(schedule);
              if (requested.size() == 1) {
                away.set(true);
                throw new IOException("no room");
              }
              return captures;
            },
            now::get);

    assertThatThrownBy(scheduled::run).hasMessage("schedule nightly: no room");
    away.set(false);
    scheduled.run();
    scheduled.run();

    assertThat(requested).hasSize(2);
  }

  @Test
  void schedules_areListed_replaced_andRemoved() {
    put("nightly", NIGHTLY);
    put("nightly", NIGHTLY.replace("86400", "3600").replace("\"threads\"", ""));

    JsonNode listed = responder.get("/api/v1/schedules").json().path("schedules");
    assertThat(listed).hasSize(1);
    assertThat(listed.at("/0/everySeconds").asLong()).isEqualTo(3600);
    assertThat(listed.at("/0/target/service").asText()).isEqualTo("shop");
    assertThat(listed.at("/0/next").asText()).isEqualTo("2026-11-25T13:00:00Z");

    assertThat(remove("nightly").status()).isEqualTo(204);
    assertThat(remove("nightly").status()).isEqualTo(404);
    assertThat(responder.get("/api/v1/schedules").json().path("schedules")).isEmpty();
  }

  /** Each requests captures again and again, and one that is gone leaves no other trace. */
  @Test
  void changes_areInCustody_beforeTheyAreMade() throws IOException {
    put("nightly", NIGHTLY);
    remove("nightly");
    remove("nightly");

    assertThat(inCustody())
        .extracting(
            CustodyEntry::action,
            CustodyEntry::actor,
            entry -> entry.detail().get("schedule"),
            entry -> entry.detail().get("change"),
            entry -> entry.detail().get("service"))
        .containsExactly(
            tuple("captures_requested", "token responder-01234567", "nightly", "set", "shop"),
            tuple("captures_requested", "token responder-01234567", "nightly", "removed", "shop"));
    assertThat(inCustody().get(0).detail())
        .containsEntry("everySeconds", "86400")
        .containsEntry("artifacts", "threads")
        .containsEntry("from", "127.0.0.1");

    custody.close();
    assertThatThrownBy(() -> put("hourly", NIGHTLY)).hasCauseInstanceOf(IOException.class);
    assertThat(ledger.all()).isEmpty();
  }

  private List<CustodyEntry> inCustody() throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    for (LogLine line : custody.lines(0, 100)) {
      entries.add(Json.MAPPER.readValue(line.bytes(), CustodyEntry.class));
    }
    return entries;
  }

  private Answer remove(String name) {
    return responder.call("DELETE", "/api/v1/schedules/" + name, Map.of(), new byte[0]);
  }

  @Test
  void badSchedules_areRefused_withWhatIsAllowed() {
    assertThat(put("Nightly", NIGHTLY).text()).contains("not a name");
    assertThat(put("n", "{\"everySeconds\":900}").text()).contains("the target is empty");
    assertThat(put("n", NIGHTLY.replace("\"service\":\"shop\"", "\"labels\":{\"a\":null}")).text())
        .contains("has no value");
    assertThat(put("n", NIGHTLY.replace("86400", "60")).text()).contains("from 300 to 2678400");
    assertThat(put("n", NIGHTLY.replace("threads", "shoes")).text()).contains("known are");
    assertThat(put("n", NIGHTLY.replaceFirst("}", "},\"replicas\":11")).status()).isEqualTo(400);
    for (int i = 0; i < 100; i++) {
      assertThat(put("s" + i, NIGHTLY).status()).isEqualTo(200);
    }
    assertThat(put("one-more", NIGHTLY).status()).isEqualTo(409);
    assertThat(put("s7", NIGHTLY).status()).isEqualTo(200);
  }
}
