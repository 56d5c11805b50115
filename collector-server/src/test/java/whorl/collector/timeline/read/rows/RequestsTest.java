package whorl.collector.timeline.read.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestsTest {
  @Test
  void memory_isBounded_andTheResultDoesNotDependOnTheOrder() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      ids.add(String.format("req-%04d", i));
    }
    Requests inOrder = requests(ids);
    Collections.shuffle(ids, new Random(3));
    Requests shuffled = requests(ids);

    assertThat(inOrder.dropped()).isPositive();
    assertThat(inOrder.all()).hasSizeBetween(50, 200).containsExactlyElementsOf(shuffled.all());
  }

  @Test
  void conflictingRequests_keepTheSameOne_inAnyOrder() {
    Requests one = new Requests();
    one.add("a", "GET", "/x", null);
    one.add("a", "GET", "/b", "10.0.0.1");
    Requests other = new Requests();
    other.add("a", "GET", "/b", "10.0.0.1");
    other.add("a", "GET", "/x", null);
    assertThat(one.all()).containsExactlyElementsOf(other.all()).hasSize(1);
  }

  private static Requests requests(List<String> ids) {
    Requests requests = new Requests(20_000);
    for (String id : ids) {
      requests.add(id, "GET", "/path/" + "x".repeat(Integer.parseInt(id.substring(4)) % 50), null);
    }
    return requests;
  }
}
