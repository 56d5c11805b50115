package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.Id;

/**
 * Keeps bytes on the heap, in pieces that grow from 4 to 256 KiB; the last is cut to its content.
 */
final class MemoryStorage implements SpoolStorage {
  private final Id agent;

  MemoryStorage(Id agent) {
    this.agent = agent;
  }

  @Override
  public long roomBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public boolean onHeap() {
    return true;
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public Entry begin(Id evidence, Id capture) {
    return new MemoryEntry(agent);
  }

  @Override
  public List<StoredEvidence> leftovers() {
    return List.of();
  }

  @Override
  public void close() {
    // The memory is freed with the JVM.
  }

  private static final class MemoryEntry implements Entry {
    private final Id agent;
    private final Map<Integer, Pieces> artifacts = new HashMap<>();

    MemoryEntry(Id agent) {
      this.agent = agent;
    }

    @Override
    public synchronized OutputStream create(int number) {
      Pieces pieces = new Pieces();
      artifacts.put(number, pieces);
      return pieces;
    }

    @Override
    public void record(StoredEvidence.Entry entry) {
      // The draft's own list is the index.
    }

    @Override
    public synchronized void remove(int number) {
      artifacts.remove(number);
    }

    @Override
    public void seal() {
      // Nothing outlives the JVM anyway.
    }

    @Override
    public Id agent() {
      return agent;
    }

    @Override
    public synchronized ArtifactReader open(int number) throws IOException {
      Pieces pieces = artifacts.get(number);
      if (pieces == null) {
        throw new IOException("artifact " + number + " is no longer in the memory spool");
      }
      return new PieceReader(pieces);
    }

    @Override
    public synchronized void delete() {
      artifacts.clear();
    }
  }

  private static final class Pieces extends OutputStream {
    private static final int MIN_BYTES = 4 << 10;
    private static final int MAX_BYTES = 256 << 10;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = new byte[0];
    private int used;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      int from = offset;
      int remaining = length;
      while (remaining > 0) {
        if (used == last.length) {
          int before = last.length;
          if (before > 0) {
            full.add(last);
          }
          last = new byte[Math.max(MIN_BYTES, Math.min(MAX_BYTES, before * 2))];
          used = 0;
        }
        int taken = Math.min(remaining, last.length - used);
        System.arraycopy(bytes, from, last, used, taken);
        used += taken;
        from += taken;
        remaining -= taken;
      }
    }

    @Override
    public void close() {
      if (used < last.length) {
        last = Arrays.copyOf(last, used);
      }
    }
  }

  private static final class PieceReader implements ArtifactReader {
    private final Pieces pieces;

    PieceReader(Pieces pieces) {
      this.pieces = pieces;
    }

    @Override
    public void read(long position, byte[] into, int length) throws IOException {
      long start = 0;
      int done = 0;
      for (int i = 0; i <= pieces.full.size() && done < length; i++) {
        byte[] piece = i < pieces.full.size() ? pieces.full.get(i) : pieces.last;
        long from = position + done - start;
        if (from < piece.length) {
          int taken = Math.min(length - done, piece.length - (int) from);
          System.arraycopy(piece, (int) from, into, done, taken);
          done += taken;
        }
        start += piece.length;
      }
      if (done < length) {
        throw new IOException("the artifact ends at " + (position + done) + " in the memory spool");
      }
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }
}
