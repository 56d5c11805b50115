package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.IndicatorLedger.Origin;
import whorl.collector.store.records.IndicatorLedger.Sighting;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class IndicatorLedgerTest {
  @Parameter TestDatabase.Engine engine;
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00.123456789Z");
  private static final Id ONE = new Id("evidence-one");
  private static final Id TWO = new Id("evidence-two");
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private IndicatorLedger ledger;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    ledger = new IndicatorLedger(database);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private static Origin of(Id evidence) {
    return new Origin(evidence, null, AGENT, "shop", "shop-1");
  }

  private static Indicator host(String value, Instant last) {
    return new Indicator(IndicatorKind.HOST, value, NOON, last, 3);
  }

  private List<Sighting> sightings(String host) throws IOException {
    return ledger.sightings(Scope.EVERYTHING, IndicatorKind.HOST, host, null, 10);
  }

  @Test
  void replace_isFoundByValue_withTimesToTheNanosecond() throws IOException {
    Indicator evil = host("evil.example", NOON.plusSeconds(5));

    ledger.replace(of(ONE), List.of(evil));

    assertThat(sightings("evil.example")).containsExactly(new Sighting(evil, of(ONE)));
    assertThat(sightings("other.example")).isEmpty();
    assertThat(ledger.sightings(Scope.EVERYTHING, IndicatorKind.LOOKUP, "evil.example", null, 10))
        .isEmpty();
    assertThat(ledger.knows(ONE)).isTrue();
    assertThat(ledger.knows(TWO)).isFalse();
  }

  @Test
  void replace_again_removesTheOldValues() throws IOException {
    ledger.replace(of(ONE), List.of(host("a.example", NOON), host("b.example", NOON)));
    ledger.replace(of(ONE), List.of(host("b.example", NOON)));

    assertThat(sightings("a.example")).isEmpty();
    assertThat(ledger.count()).isEqualTo(1);
  }

  @Test
  void search_findsPartsOfValues_theSameTextFirst_andCountsJvms() throws IOException {
    Origin other = new Origin(TWO, null, new Id("agent-00000002"), "till", "till-1");
    Indicator path = new Indicator(IndicatorKind.FILE, "/tmp/100%_Evil.sh", NOON, NOON, 1);
    ledger.replace(of(ONE), List.of(host("evil", NOON), host("evil.example", NOON), path));
    ledger.replace(other, List.of(host("evil.example", NOON.plusSeconds(9))));

    assertThat(ledger.search(Scope.EVERYTHING, "EVIL", null, 10))
        .extracting(found -> found.indicator().value() + " " + found.jvms())
        .containsExactly("evil 1", "evil.example 2", "/tmp/100%_Evil.sh 1");
    assertThat(ledger.search(Scope.EVERYTHING, "evil.example", null, 10))
        .extracting(IndicatorLedger.Found::indicator)
        .containsExactly(
            new Indicator(IndicatorKind.HOST, "evil.example", NOON, NOON.plusSeconds(9), 6));
    assertThat(ledger.search(Scope.EVERYTHING, "evil", IndicatorKind.FILE, 10)).hasSize(1);
    assertThat(ledger.search(Scope.EVERYTHING, "100%_e", null, 10)).hasSize(1);
    // what LIKE would take for any text
    assertThat(ledger.search(Scope.EVERYTHING, "1%%_e", null, 10)).isEmpty();
    assertThat(ledger.search(Scope.EVERYTHING, "___", null, 10)).isEmpty();
    assertThat(ledger.search(Scope.EVERYTHING, "evil", null, 1)).hasSize(1);
  }

  /** During a rolling upgrade a collector of a later version writes beside this one. */
  @Test
  void search_leavesOutKindsOfALaterVersion() throws IOException {
    ledger.replace(of(ONE), List.of(host("evil.example", NOON), host("later.example", NOON)));
    database.update("UPDATE indicators SET kind = 'of later' WHERE value = 'later.example'");

    assertThat(ledger.search(Scope.EVERYTHING, "example", null, 10))
        .extracting(found -> found.indicator().value())
        .containsExactly("evil.example");
  }

  @Test
  void knows_evidenceWithoutValues() throws IOException {
    ledger.replace(of(ONE), List.of());

    assertThat(ledger.knows(ONE)).isTrue();
  }

  @Test
  void forget_removesOnlyThisEvidence() throws IOException {
    ledger.replace(of(ONE), List.of(host("evil.example", NOON)));
    ledger.replace(of(TWO), List.of(host("evil.example", NOON)));

    ledger.forget(ONE);

    assertThat(sightings("evil.example"))
        .extracting(each -> each.origin().evidence())
        .containsExactly(TWO);
    assertThat(ledger.knows(ONE)).isFalse();
  }

  @Test
  void sightings_listEachAgentOnce_withAllItsTimes() throws IOException {
    Id other = new Id("agent-00000009");
    ledger.replace(of(ONE), List.of(host("evil.example", NOON.plusSeconds(5))));
    ledger.replace(of(TWO), List.of(host("evil.example", NOON.plusSeconds(9))));
    Origin alert = new Origin(null, new Id("alert-00000001"), other, "cart", null);
    Origin withoutAgent = new Origin(null, new Id("alert-00000002"), null, null, null);
    ledger.alerts(
        List.of(
            new Sighting(host("evil.example", NOON.plusSeconds(7)), alert),
            new Sighting(host("evil.example", NOON.plusSeconds(1)), withoutAgent)),
        1);

    assertThat(sightings("evil.example"))
        .containsExactly(
            new Sighting(
                new Indicator(IndicatorKind.HOST, "evil.example", NOON, NOON.plusSeconds(9), 6),
                of(TWO)),
            new Sighting(host("evil.example", NOON.plusSeconds(7)), alert),
            new Sighting(host("evil.example", NOON.plusSeconds(1)), withoutAgent));
    assertThat(ledger.sightings(Scope.EVERYTHING, IndicatorKind.HOST, "evil.example", AGENT, 10))
        .extracting(Sighting::origin)
        .containsExactly(alert, withoutAgent);
    assertThat(ledger.sightings(Scope.EVERYTHING, IndicatorKind.HOST, "evil.example", AGENT, 1))
        .hasSize(1);
  }

  @Test
  void alerts_areKeptWithTheirReadPosition() throws IOException {
    Origin alert = new Origin(null, new Id("alert-00000001"), AGENT, null, null);
    assertThat(ledger.alertsReadUpTo()).isZero();

    ledger.alerts(List.of(new Sighting(host("evil.example", NOON), alert)), 17);

    assertThat(ledger.alertsReadUpTo()).isEqualTo(17);
    assertThat(sightings("evil.example")).extracting(Sighting::origin).containsExactly(alert);
  }

  @Test
  void clear_forgetsEverything() throws IOException {
    ledger.replace(of(ONE), List.of(host("evil.example", NOON)));
    ledger.alerts(List.of(), 17);

    ledger.clear();

    assertThat(ledger.count()).isZero();
    assertThat(ledger.knows(ONE)).isFalse();
    assertThat(ledger.alertsReadUpTo()).isZero();
  }

  @Test
  void full_evictsTheOldestValues_andCountsThem() throws IOException {
    IndicatorLedger small = new IndicatorLedger(database, 10);
    small.replace(
        of(ONE),
        IntStream.range(0, 25)
            .mapToObj(i -> host("h" + i + ".example", NOON.plusSeconds(i)))
            .toList());

    assertThat(small.count()).isEqualTo(10);
    assertThat(small.evicted()).isEqualTo(15);
    assertThat(sightings("h14.example")).isEmpty();
    assertThat(sightings("h15.example")).hasSize(1);
  }

  @Test
  void openedAgain_hasItsValues() throws IOException {
    ledger.replace(of(ONE), List.of(host("evil.example", NOON)));
    database.close();
    database = data.open();

    ledger = new IndicatorLedger(database);

    assertThat(sightings("evil.example")).hasSize(1);
    assertThat(ledger.count()).isEqualTo(1);
  }

  @Test
  void indicator_tooLong_isRefusedByName() {
    assertThatThrownBy(() -> host("x".repeat(513), NOON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host");
  }
}
