package whorl.collector.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import whorl.agent.ship.net.Backoff;
import whorl.collector.testkit.Answer;
import whorl.evidence.Digest;

/** Ships one piece by tus as an agent does, until it is sealed. Used by one thread. */
final class Shipment {
  private static final int CHUNK_BYTES = 512 << 10;
  private static final long WAIT_MAX_MILLIS = 10_000;
  private static final Duration SEAL_LIMIT = Duration.ofMinutes(3);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final byte[] NOTHING = {};

  /** How it ended. */
  enum End {
    SEALED,
    REJECTED,
    GIVEN_UP
  }

  /** What an answer means for the file that is shipped. */
  private enum Step {
    COMPLETE,
    SEALED,
    MISSING,
    LATER,
    REJECTED
  }

  private final Piece piece;
  private final Http http;
  private final String token;
  private final Ledger ledger;
  private final Tally tally;
  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));
  private final Set<String> complete = new HashSet<>();

  Shipment(Piece piece, Http http, String token, Ledger ledger, Tally tally) {
    this.piece = piece;
    this.http = http;
    this.token = token;
    this.ledger = ledger;
    this.tally = tally;
  }

  /**
   * Tries again and again.
   *
   * @param abandoned true when nobody waits for it any more
   */
  End ship(BooleanSupplier abandoned) {
    long began = System.nanoTime();
    while (!abandoned.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
      Step step;
      try {
        step = attempt(abandoned);
      } catch (IOException e) {
        tally.count("shipments tried again after a broken connection");
        ServerProcess.pause(backoff.nextMillis());
        continue;
      }
      switch (step) {
        case SEALED -> {
          tally.took("shipment of one piece", Duration.ofNanos(System.nanoTime() - began));
          return End.SEALED;
        }
        case REJECTED -> {
          return End.REJECTED;
        }
        case MISSING -> {
          tally.count("shipments begun again because files were missing");
          complete.clear();
          ServerProcess.pause(backoff.nextMillis());
        }
        case COMPLETE, LATER -> {}
      }
    }
    return End.GIVEN_UP;
  }

  /** Ships what is not complete. */
  private Step attempt(BooleanSupplier abandoned) throws IOException {
    for (Map.Entry<String, byte[]> file : piece.files().entrySet()) {
      if (abandoned.getAsBoolean()) {
        return Step.LATER;
      }
      if (!complete.contains(file.getKey())) {
        Step step = ship(file.getKey(), file.getValue());
        if (step != Step.COMPLETE) {
          return step;
        }
        backoff.reset();
        complete.add(file.getKey());
      }
    }
    return Step.SEALED;
  }

  private Step ship(String name, byte[] content) throws IOException {
    Answer created =
        http.call(
            "create upload",
            token,
            "POST",
            "/agent/v1/uploads",
            Map.of(
                "Tus-Resumable",
                "1.0.0",
                "Upload-Length",
                Integer.toString(content.length),
                "Upload-Metadata",
                piece.metadata(name)),
            NOTHING,
            LIMIT);
    if (created.status() != 200 && created.status() != 201) {
      return refused(created, "create " + name);
    }
    long offset = Long.parseLong(created.headers().getOrDefault("Upload-Offset", "0"));
    ledger.stands(piece, name, offset);
    String location = created.header("Location");
    boolean seals = name.equals(Piece.ENVELOPE);
    while (offset < content.length || (seals && location != null)) {
      int length = (int) Math.min(CHUNK_BYTES, content.length - offset);
      Answer patched;
      try {
        patched = patch(name, location, offset, content, length, seals ? SEAL_LIMIT : LIMIT);
      } catch (IOException e) {
        tally.count("uploads resumed after a broken connection");
        ServerProcess.pause(backoff.nextMillis());
        offset = query(location, name);
        if (offset < 0) {
          return Step.LATER;
        }
        continue;
      }
      if (patched.status() == 204 || patched.status() == 200) {
        offset = Long.parseLong(patched.headers().getOrDefault("Upload-Offset", "-1"));
        ledger.stands(piece, name, offset);
        if (seals && offset == content.length) {
          return Step.COMPLETE;
        }
      } else if (patched.status() == 404 || patched.status() == 410) {
        return Step.LATER; // the creation says where it stands
      } else if (patched.status() == 409 && seals) {
        return isSealed(patched) ? Step.SEALED : Step.MISSING;
      } else if (Set.of(409, 408, 423, 460).contains(patched.status()) && !isSealed(patched)) {
        tally.count("uploads that asked where they stand after " + patched.status());
        offset = query(location, name);
        if (offset < 0) {
          return Step.LATER;
        }
      } else {
        return refused(patched, "patch " + name);
      }
    }
    return Step.COMPLETE;
  }

  private Answer patch(
      String name, String location, long offset, byte[] content, int length, Duration limit)
      throws IOException {
    byte[] chunk = Arrays.copyOfRange(content, (int) offset, (int) offset + length);
    Map<String, String> headers = new HashMap<>();
    headers.put("Tus-Resumable", "1.0.0");
    headers.put("Content-Type", "application/offset+octet-stream");
    headers.put("Upload-Offset", Long.toString(offset));
    if (offset == 0) {
      headers.put(
          "Upload-Checksum",
          "sha256 " + Base64.getEncoder().encodeToString(Digest.of(chunk).bytes()));
    }
    String what = name.equals(Piece.ENVELOPE) ? "seal" : "patch upload";
    return http.call(what, token, "PATCH", location, headers, chunk, limit);
  }

  /** Where it stands; -1 if it must be created again. */
  private long query(String location, String name) throws IOException {
    Answer head =
        http.call(
            "query upload",
            token,
            "HEAD",
            location,
            Map.of("Tus-Resumable", "1.0.0"),
            NOTHING,
            LIMIT);
    if (head.status() != 200 && head.status() != 204) {
      if (head.status() == 503) {
        waitAsTold(head);
      }
      return -1;
    }
    long offset = Long.parseLong(head.headers().getOrDefault("Upload-Offset", "0"));
    ledger.stands(piece, name, offset);
    return offset;
  }

  private static boolean isSealed(Answer answer) {
    return answer.status() == 409 && answer.text().contains("already sealed");
  }

  private Step refused(Answer answer, String what) {
    if (isSealed(answer)) {
      return Step.SEALED;
    }
    if (answer.status() >= 500 || answer.status() == 429 || answer.status() == 408) {
      waitAsTold(answer);
      return Step.LATER;
    }
    ledger.violation(
        "evidence %s is refused for good: %s: %d %s",
        piece.evidence(), what, answer.status(), answer.text());
    return Step.REJECTED;
  }

  private void waitAsTold(Answer answer) {
    String seconds = answer.header("Retry-After");
    boolean told = seconds != null && seconds.matches("\\d{1,4}");
    long millis = told ? Long.parseLong(seconds) * 1_000 : backoff.nextMillis();
    ServerProcess.pause(Math.min(WAIT_MAX_MILLIS, Math.max(100, millis)));
  }
}
