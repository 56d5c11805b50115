package whorl.collector.timeline.write;

import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.RowBlock;

/**
 * A table function: DuckDB reads rows with several threads, each with its own artifact reader and
 * block. The columns are {@code nanos}, {@code agent_nanos}, {@code ordinal}, {@code stack}, {@code
 * bytes} (the approximate size of the row) and the plain columns.
 */
final class RowFunction implements DuckDBTableFunction<EvidenceReader, Object, RowFunction.Worker> {
  private static final List<Column> PLAIN = StoredColumns.plain();
  private static final byte[][] NO_TEXTS = new byte[RowBlock.CAPACITY][];
  private static final int BEFORE_PLAIN = 5;

  private final EvidenceReader reader;
  private final int threads;
  private final Progress progress;

  /** Plain columns with a value in any row, and those that are always stored. */
  private final Set<Column> used =
      Collections.synchronizedSet(
          EnumSet.of(Column.CATEGORY, Column.ACTION, Column.MESSAGE, Column.FIELDS));

  RowFunction(EvidenceReader reader, int threads, Progress progress) {
    this.reader = reader;
    this.threads = threads;
    this.progress = progress;
  }

  /** Called for each artifact part, by the thread that reads it. */
  interface Progress {
    void began(String artifact);

    void ended(String artifact);
  }

  /** The state of one DuckDB thread. */
  static final class Worker {
    private final RowBlock block = new RowBlock();
    private @Nullable ArtifactReader artifactReader;
    private boolean ended;
  }

  @Override
  public EvidenceReader bind(DuckDBTableFunctionBindInfo info) {
    info.addResultColumn("nanos", DuckDBColumnType.BIGINT);
    info.addResultColumn("agent_nanos", DuckDBColumnType.BIGINT);
    info.addResultColumn("ordinal", DuckDBColumnType.BIGINT);
    info.addResultColumn("stack", DuckDBColumnType.BIGINT);
    info.addResultColumn("bytes", DuckDBColumnType.BIGINT);
    for (Column column : PLAIN) {
      info.addResultColumn(
          column.columnName(),
          column.kind() == Column.Kind.TEXT ? DuckDBColumnType.VARCHAR : DuckDBColumnType.BIGINT);
    }
    return reader;
  }

  @Override
  public Object init(DuckDBTableFunctionInitInfo info) {
    info.setMaxThreads(threads);
    return reader;
  }

  @Override
  public Worker localInit(DuckDBTableFunctionInitInfo info) {
    return new Worker();
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo info, DuckDBDataChunkWriter out)
      throws IOException, InterruptedException {
    Worker worker = info.getLocalInitData();
    RowBlock block = worker.block;
    block.clear();
    while (block.size() == 0 && !worker.ended) {
      ArtifactReader artifactReader = worker.artifactReader;
      if (artifactReader == null) {
        artifactReader = reader.next();
        worker.artifactReader = artifactReader;
        worker.ended = artifactReader == null;
        if (artifactReader != null) {
          progress.began(artifactReader.artifact());
        }
      }
      if (artifactReader != null && !artifactReader.fill(block)) {
        reader.ended(artifactReader);
        worker.artifactReader = null;
        progress.ended(artifactReader.artifact());
      }
    }
    write(block, out);
    return block.size();
  }

  /** The plain columns to be stored; complete once all rows are read. */
  Set<Column> used() {
    return EnumSet.copyOf(used);
  }

  private void write(RowBlock block, DuckDBDataChunkWriter out) {
    int size = block.size();
    numbers(block, Column.TIME, out.vector(0));
    numbers(block, Column.AGENT_TIME, out.vector(1));
    DuckDBWritableVector ordinals = out.vector(2);
    DuckDBWritableVector stacks = out.vector(3);
    DuckDBWritableVector bytes = out.vector(4);
    for (int row = 0; row < size; row++) {
      ordinals.setLong(row, block.ordinal(row));
      bytes.setLong(row, block.bytes(row));
      if (block.stack(row) == 0) {
        stacks.setNull(row);
      } else {
        stacks.setLong(row, block.stack(row));
      }
    }
    for (int i = 0; i < PLAIN.size(); i++) {
      Column column = PLAIN.get(i);
      DuckDBWritableVector vector = out.vector(BEFORE_PLAIN + i);
      if (block.uses(column)) {
        used.add(column);
      }
      if (column.kind() == Column.Kind.TEXT) {
        vector.setStringUtf8Batch(0, texts(block, column));
      } else {
        numbers(block, column, vector);
      }
    }
  }

  private static byte[][] texts(RowBlock block, Column column) {
    if (block.uses(column)) {
      return block.texts(column);
    }
    return block.size() == RowBlock.CAPACITY ? NO_TEXTS : new byte[block.size()][];
  }

  private static void numbers(RowBlock block, Column column, DuckDBWritableVector vector) {
    for (int row = 0; row < block.size(); row++) {
      if (block.present(column, row)) {
        vector.setLong(row, block.number(column, row));
      } else {
        vector.setNull(row);
      }
    }
  }
}
