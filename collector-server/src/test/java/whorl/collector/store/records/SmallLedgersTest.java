package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStoreContract;
import whorl.collector.store.records.EndLedger.End;
import whorl.collector.store.records.EnrolmentLedger.Enrolment;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The ledgers of rules, of first keys and of custody's end. */
@ParameterizedClass
@EnumSource
class SmallLedgersTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00.123Z");
  private static final Id AGENT = new Id("agent-001");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void ruleSet_hasOneVersionInUse_andTenStored() throws IOException {
    RuleLedger rules = new RuleLedger(database);
    assertThat(rules.nextVersion("a")).isEqualTo(1);
    for (int version = 1; version <= 12; version++) {
      assertThat(rules.put(set("a", version))).isTrue();
    }
    rules.put(set("b", 1));

    assertThat(rules.inUse()).containsExactly(set("a", 12), set("b", 1));
    assertThat(rules.nextVersion("a")).isEqualTo(13);
    assertThat(rules.versions("a")).hasSize(10).startsWith(set("a", 12)).endsWith(set("a", 3));
    assertThat(rules.remove("a")).isTrue();
    assertThat(rules.remove("a")).isFalse();
    assertThat(rules.find("a")).isNull();
    assertThat(rules.put(set("a", 13))).isTrue();
    assertThat(rules.find("a")).isEqualTo(set("a", 13));
  }

  @Test
  void ruleSet_thatIsNotTheNextVersion_isNotStored() throws IOException {
    RuleLedger rules = new RuleLedger(database);
    rules.put(set("a", 1));

    assertThat(rules.put(set("a", 1))).isFalse();
    assertThat(rules.put(set("a", 3))).isFalse();
    assertThat(rules.put(set("b", 2))).isFalse();

    assertThat(rules.inUse()).containsExactly(set("a", 1));
  }

  @Test
  void firstKey_isTheOneThatIsFirstInCustody() throws IOException {
    EnrolmentLedger ledger = new EnrolmentLedger(database);
    assertThat(ledger.lastSequence()).isEqualTo(-1);
    Enrolment first = new Enrolment(AGENT, EvidenceStoreContract.digest("k1"), 5, NOON);
    ledger.add(List.of(new Enrolment(AGENT, EvidenceStoreContract.digest("k2"), 7, NOON)));
    ledger.add(List.of(first));
    ledger.add(List.of(new Enrolment(AGENT, EvidenceStoreContract.digest("k3"), 9, NOON)));

    assertThat(ledger.find(AGENT)).isEqualTo(first);
    assertThat(ledger.keyId(AGENT)).isEqualTo(first.keyId());
    assertThat(ledger.keyId(new Id("agent-002"))).isNull();
    assertThat(ledger.lastSequence()).isEqualTo(5);
  }

  @Test
  void custodyEnd_isTheLastOneWritten() throws IOException {
    EndLedger ledger = new EndLedger(database, "catalog.db");
    assertThat(ledger.read()).isNull();
    for (int i = 0; i < 3; i++) {
      ledger.write(new End(i, EvidenceStoreContract.digest("entry " + i)));
    }
    assertThat(new EndLedger(database, "catalog.db").read())
        .isEqualTo(new End(2, EvidenceStoreContract.digest("entry 2")));
  }

  private static RuleSetRecord set(String name, int version) {
    return new RuleSetRecord(
        name,
        version,
        null,
        null,
        Map.of(),
        "title: a \0 rule",
        Digest.of(new byte[0]),
        1,
        NOON,
        "me");
  }
}
