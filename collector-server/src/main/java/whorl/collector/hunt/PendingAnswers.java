package whorl.collector.hunt;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.hunts.AskedAgent;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.collector.store.hunts.HuntAnswerLedger.Answer;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntRow;

/**
 * Answers that wait to be written. They come from agents, so everything is bounded. Thread-safe;
 * adding takes no lock.
 */
final class PendingAnswers {
  private static final int TEXT_MAX_CHARS = 1_024;
  private static final int NOTES_MAX = 16;
  private static final int ANSWER_BYTES = 1_000;

  private final Queue<Answer> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long maxBytes;

  PendingAnswers(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds an answer. An agent counts its rows itself; one that does not must not take the room that
   * a hunt has for the rows of all.
   *
   * @param rowsMax what the hunt asked for at most
   * @return false if there was no room for its rows
   */
  boolean add(Id agent, HuntAnswer answer, int rowsMax) {
    List<String> rows = new ArrayList<>();
    long size = ANSWER_BYTES;
    String cut = answer.cut();
    for (HuntRow row : answer.rows()) {
      String json = Json.text(row);
      if (json.length() > HuntLimits.ROW_MAX_CHARS) {
        cut = "a row was too long for the collector";
      } else if (rows.size() == rowsMax || size + json.length() > HuntLimits.ANSWER_MAX_CHARS) {
        cut = "the answer had more rows than the hunt takes from one JVM";
        break;
      } else {
        rows.add(json);
        size += json.length();
      }
    }
    boolean room = bytes.addAndGet(size) <= maxBytes;
    if (!room) {
      bytes.addAndGet(ANSWER_BYTES - size);
      rows = List.of();
      cut = "the collector had no room for the rows; ask again";
    }
    waiting.add(
        new Answer(
            answer.hunt(),
            agent,
            State.of(answer.state().word()),
            bounded(answer.reason()),
            new AskedAgent.Facts(
                answer.matched(),
                answer.examined(),
                bounded(cut),
                answer.from(),
                answer.to(),
                answer.tookMillis(),
                answer.notes().stream().limit(NOTES_MAX).map(PendingAnswers::shortened).toList()),
            rows));
    return room;
  }

  /** Takes the oldest answers, at most so many. */
  List<Answer> take(int max) {
    List<Answer> taken = new ArrayList<>();
    while (taken.size() < max) {
      Answer next = waiting.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
      long size = ANSWER_BYTES;
      for (String row : next.rows()) {
        size += row.length();
      }
      bytes.addAndGet(-size);
    }
    return taken;
  }

  private static @Nullable String bounded(@Nullable String text) {
    return text == null ? null : shortened(text);
  }

  private static String shortened(String text) {
    return Text.atMost(text, TEXT_MAX_CHARS);
  }
}
