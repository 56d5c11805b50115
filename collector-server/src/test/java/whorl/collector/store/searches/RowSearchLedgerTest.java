package whorl.collector.store.searches;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.store.searches.RowSearchLedger.Added;
import whorl.collector.store.searches.StoredSearch.State;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Id;

class RowSearchLedgerTest extends EachEngine {
  private RowSearchLedger here;
  private RowSearchLedger there;

  @BeforeEach
  void openLedgers() {
    here = new RowSearchLedger(one, time, 1, 2);
    there = new RowSearchLedger(other, time, 1, 2);
  }

  private static StoredSearch search(int number) {
    return new StoredSearch(
        new Id("search-000" + number), "{\"words\":\"x\"}", "all", State.RUNNING, "{}");
  }

  private Id added(int number, String owner) throws IOException {
    StoredSearch search = search(number);
    assertThat(here.add(search, owner)).isEqualTo(Added.ADDED);
    return search.id();
  }

  @Test
  void limits_holdAtAllCollectorsTogether_andEndWithASearchOrItsCollector() throws Exception {
    Id first = added(1, "ann");
    assertThat(there.add(search(2), "ann")).isEqualTo(Added.TOO_MANY_OF_OWNER);
    added(3, "bob");
    assertThat(there.add(search(4), "cid")).isEqualTo(Added.TOO_MANY);

    assertThat(here.write(first, State.ENDED, "{}")).isTrue();
    assertThat(there.add(search(4), "cid")).isEqualTo(Added.ADDED);
    assertThat(there.add(search(5), "dan")).isEqualTo(Added.TOO_MANY);

    time.pass(RowSearchLedger.LOST_AFTER.plusSeconds(1));
    assertThat(there.add(search(5), "dan")).isEqualTo(Added.ADDED);
  }

  @Test
  void eachCollector_showsAndCancels_butOnlyToTheOwner() throws Exception {
    Id id = added(1, "ann");
    assertThat(here.write(id, State.RUNNING, "{\"looked\":7}")).isTrue();

    StoredSearch seen = there.find("ann", id);
    assertThat(seen).isNotNull();
    assertThat(seen.state()).isEqualTo(State.RUNNING);
    assertThat(seen.found()).isEqualTo("{\"looked\":7}");
    assertThat(there.find("bob", id)).isNull();
    assertThat(there.cancel("bob", id)).isFalse();
    assertThat(there.cancel("ann", id)).isTrue();

    assertThat(here.write(id, State.RUNNING, "{\"looked\":8}")).isFalse();
    assertThat(here.find("ann", id).state()).isEqualTo(State.CANCELLED);
    assertThat(here.find("ann", id).found()).isEqualTo("{\"looked\":7}");
  }

  @Test
  void aSearchWhoseCollectorEnded_isLost_andLaterForgotten() throws Exception {
    Id id = added(1, "ann");

    time.pass(RowSearchLedger.LOST_AFTER.plusSeconds(1));
    assertThat(there.find("ann", id).state()).isEqualTo(State.LOST);
    time.pass(RowSearchLedger.KEPT.plus(Duration.ofSeconds(1)));
    there.forget();

    assertThat(here.find("ann", id)).isNull();
  }

  @Test
  void purgedEvidence_takesTheSearchesThatFoundIt() throws Exception {
    Id with = added(1, "ann");
    Id without = added(2, "bob");
    here.write(with, State.ENDED, "{\"rows\":[{\"evidence\":\"evidence-0001\"}]}");
    here.write(without, State.ENDED, "{\"unread\":[{\"id\":\"evidence-0001\"}]}");

    there.purged(new Id("evidence-0001"));

    assertThat(here.find("ann", with)).isNull();
    assertThat(here.find("bob", without)).isNotNull();
  }
}
