package whorl.collector.store.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.NameSource;
import whorl.evidence.library.VersionRange;

class LibraryLedgerTest {
  private static final int LIBRARIES = 300;
  private static final Scope EVERYTHING = Scope.EVERYTHING;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void inventories_areReadAsWritten(TestDatabase.Engine engine) throws IOException {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      Database database = data.open();
      LibraryLedger ledger = new LibraryLedger(database);
      List<LibraryEntry> entries = inventory(1, 5);
      Digest digest = LibraryEntry.digest(entries);
      assertThat(ledger.use(digest)).isFalse();
      ledger.put(digest, entries);
      ledger.put(digest, entries);
      AgentIdentity agent = FleetRig.agent(1);
      ledger.save(List.of(new LibraryLedger.OfAgent(agent, digest, "03400", null)));

      assertThat(ledger.use(digest)).isTrue();
      assertThat(ledger.entries(digest, 0, 10)).isEqualTo(entries);
      assertThat(ledger.entries(digest, 3, 1)).containsExactly(entries.get(3));
      assertThat(ledger.ofAgent(agent.id()).inventory()).isEqualTo(digest);
      assertThat(ledger.complete()).containsExactly(agent.id());
      FoundLibrary found = ledger.find(EVERYTHING, named("library-1", true), "", -1, 10).get(0);
      assertThat(found.library()).isEqualTo(entries.get(1));
      assertThat(found.loader()).isEqualTo("app");
      assertThat(found.service()).isEqualTo("shop");
      assertThat(ledger.find(EVERYTHING, named("library-1", false), "", -1, 10)).isEmpty();
      assertThat(ledger.find(EVERYTHING, named("library-3", true), "", -1, 10)).isEmpty();
      assertThat(ledger.find(EVERYTHING, named("library-*", null), "", -1, 10)).hasSize(4);

      assertThat(ledger.find(scope("prod"), named("library-1", null), "", -1, 10)).isEmpty();
      new AgentLedger(database).save(List.of(record(agent)));
      new Origins(database, new OriginLedger(database), new OwnerLedger(database), each -> agent)
          .lookAll();
      assertThat(ledger.find(scope("prod"), named("library-1", null), "", -1, 10)).hasSize(1);
      assertThat(ledger.find(scope("test"), named("library-1", null), "", -1, 10)).isEmpty();

      database.update("UPDATE library_inventories SET used_millis = 1");
      ledger.forget();
      assertThat(ledger.use(digest)).isTrue();
      database.update("UPDATE agent_libraries SET last_millis = 1");
      database.update("DELETE FROM agents");
      database.update("UPDATE library_inventories SET used_millis = 1");
      ledger.forget();
      assertThat(ledger.use(digest)).isFalse();
      assertThat(ledger.entries(digest, 0, 10)).isEmpty();
    }
  }

  @Test
  void aHundredAgents_areSearched() throws IOException {
    search(TestDatabase.Engine.SQLITE, 100);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void aThousandAgents_areSearchedWithinASecond(TestDatabase.Engine engine) throws IOException {
    search(engine, 1_000);
  }

  /** No two agents have the same inventory, which is the worst case. */
  private void search(TestDatabase.Engine engine, int count) throws IOException {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      LibraryLedger ledger = new LibraryLedger(data.open());
      List<LibraryLedger.OfAgent> agents = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        List<LibraryEntry> entries = inventory(i, LIBRARIES);
        Digest digest = LibraryEntry.digest(entries);
        ledger.put(digest, entries);
        agents.add(
            new LibraryLedger.OfAgent(
                FleetRig.agent(i), digest, (i % 2 == 0 ? "3" : "0").repeat(LIBRARIES), null));
      }
      ledger.save(agents);
      VersionRange range = VersionRange.of("<2.17");
      for (String name : new String[] {"log4j-core", "library-7", "library-*", "log4j*", "no*"}) {
        long began = System.nanoTime();
        List<FoundLibrary> found =
            ledger.find(
                EVERYTHING, named(name, name.equals("log4j-core") ? true : null), "", -1, 2_000);
        long inRange =
            found.stream()
                .filter(each -> range.contains(String.valueOf(each.library().version())))
                .count();
        long millis = (System.nanoTime() - began) / 1_000_000;
        System.out.println(
            engine
                + ", "
                + count
                + " agents x "
                + LIBRARIES
                + ": "
                + name
                + " in "
                + millis
                + " ms");
        // The beginning of a name has no index of its own.
        assertThat(millis).as(name).isLessThan(name.endsWith("*") ? 5_000 : 1_000);
        if (name.equals("log4j-core")) {
          assertThat(found).hasSize(count / 2);
          assertThat(inRange).isEqualTo(count / 2 * 9 / 10);
        }
      }
    }
  }

  private static List<LibraryEntry> inventory(int number, int size) {
    List<LibraryEntry> entries = new ArrayList<>();
    entries.add(entry("log4j-core", "2." + number % 20 + "." + number));
    for (int i = 1; i < size; i++) {
      entries.add(entry("library-" + i, "1." + i));
    }
    return entries;
  }

  private static LibraryEntry entry(String name, String version) {
    return new LibraryEntry(
        "/app.jar!/BOOT-INF/lib/" + name + "-" + version + ".jar",
        LibraryKind.JAR,
        "com.example",
        name,
        version,
        NameSource.MANIFEST,
        Digest.of(Json.bytes(name)),
        1_000,
        name.equals("library-2"),
        name.equals("library-3") ? "cut" : null);
  }

  private static LibraryQuestion named(String name, Boolean loaded) {
    return new LibraryQuestion(null, LibraryPattern.part(name), null, loaded, null);
  }

  private static Scope scope(String namespace) {
    return new Scope(List.of(new Part(Set.of(namespace), Set.of(), Map.of())));
  }

  private static AgentRecord record(AgentIdentity agent) {
    return new AgentRecord(agent, null, Map.of(), Map.of(), null, Instant.EPOCH, null, null);
  }
}
