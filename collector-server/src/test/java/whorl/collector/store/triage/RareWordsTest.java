package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.SearchText;
import whorl.collector.testkit.EachEngine;

class RareWordsTest extends EachEngine {
  private void alert(long seq, String words) throws IOException {
    one.update(
        "INSERT INTO alert_triage (seq, id, group_id, agent, at, rule, level, state, version,"
            + " words) VALUES (?, ?, ?, 'agent-00000001', 1, 'rule-1', 3, 'open', 0, ?)",
        seq,
        "alert-%04d".formatted(seq),
        "alert-%04d".formatted(seq),
        SearchText.of(words));
  }

  /** What a search that reads all alerts finds. */
  private List<Long> truth(String query) throws IOException {
    StringBuilder where = new StringBuilder("1 = 1");
    List<Object> arguments = new ArrayList<>();
    SearchText.addConditions(query, "words", where, arguments);
    return one.query(
        "SELECT seq FROM alert_triage WHERE " + where, row -> row.getLong(1), arguments.toArray());
  }

  @Test
  void alertsWithTheWords_areAlwaysAmongThoseFound() throws IOException {
    alert(1, "Process started by a request /bin/sh -c id shop");
    alert(2, "ÄRGER in Straße, café 100% of_them \"quoted\" it's a\\b");
    alert(3, "日本語のファイル 🔥🔥🔥 x");
    alert(4, "nothing of note");
    RareWords rare = new RareWords(other);
    for (String query :
        List.of(
            "BIN/sh",
            "ocess req",
            "ärg",
            "straße",
            "afé",
            "100%",
            "of_t",
            "\"quo",
            "it's",
            "a\\b",
            "日本語",
            "🔥🔥🔥",
            "not id",
            "absent",
            "AND OR NOT",
            "of* NEAR(")) {
      List<Long> found = rare.alerts(query);
      assertThat(found).as(query).isNotNull().containsAll(truth(query)).hasSizeLessThan(4);
    }
    assertThat(rare.alerts("absent")).isEmpty();
    assertThat(rare.alerts("sh")).as("too short for the index").isNull();
    assertThat(rare.alerts(null)).isNull();
  }

  @Test
  void index_followsChangesAndDeletions() throws IOException {
    alert(1, "first needle");
    alert(2, "second needle");
    RareWords rare = new RareWords(other);

    one.update("UPDATE alert_triage SET words = 'haystack' WHERE seq = 1");
    one.update("UPDATE alert_triage SET state = 'resolved'");
    assertThat(rare.alerts("needle")).containsExactly(2L);
    assertThat(rare.alerts("haystack")).containsExactly(1L);

    one.update("DELETE FROM alert_triage WHERE seq = 2");
    assertThat(rare.alerts("needle")).isEmpty();
  }

  @Test
  void commonWords_areNotRare() throws IOException {
    one.inTransaction(
        () -> {
          for (int i = 1; i <= RareWords.MAX + 1; i++) {
            alert(i, "common " + (i == 7 ? "seldom" : ""));
          }
          return true;
        });
    RareWords rare = new RareWords(other);

    assertThat(rare.alerts("common")).isNull();
    assertThat(rare.alerts("common seldom")).containsExactly(7L);
  }
}
