package whorl.collector.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.SqlNames;

/**
 * Opens the table {@code lake.timeline} in Iceberg's JDBC catalog, makes it if it is not there, and
 * adds the columns that it lacks. Columns are only ever added, and all are optional: an older
 * collector writes files without the new ones, and its files stay as they are.
 */
final class LakeCatalog implements AutoCloseable {
  static final TableIdentifier TABLE = TableIdentifier.of("lake", "timeline");
  private static final int FORMAT = 2;
  private static final int ATTEMPTS_MAX = 10;

  /**
   * The day is that of the seal. The rows of one evidence have times of many years, and the day of
   * each row would make as many files of it. What happened at a time was sealed after it, so {@code
   * sealed_at >= time} leaves out all earlier days.
   */
  private static final String DAY = "sealed_day";

  private static final Map<String, String> PROPERTIES =
      Map.of(
          TableProperties.FORMAT_VERSION, Integer.toString(FORMAT),
          TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true",
          TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "10",
          TableProperties.MANIFEST_MIN_MERGE_COUNT, "32",
          TableProperties.COMMIT_NUM_RETRIES, "10",
          TableProperties.COMMIT_MAX_RETRY_WAIT_MS, "2000",
          TableProperties.COMMIT_TOTAL_RETRY_TIME_MS, "60000");

  private final JdbcCatalog catalog;
  private final String location;

  private LakeCatalog(JdbcCatalog catalog, String location) {
    this.catalog = catalog;
    this.location = location;
  }

  static LakeCatalog open(LakeSettings settings, ObjectFileIO files) throws IOException {
    JdbcCatalog catalog =
        new JdbcCatalog(properties -> files, properties -> new CatalogConnections(settings), true);
    try {
      catalog.initialize(LakeSettings.CATALOG, settings.iceberg());
      return new LakeCatalog(catalog, files.location(LakePaths.TABLE));
    } catch (RuntimeException e) {
      throw LakeTable.failed(e);
    }
  }

  LakeTable table() throws IOException {
    try {
      Table table = catalog.tableExists(TABLE) ? catalog.loadTable(TABLE) : created();
      addMissingColumns(table);
      return new LakeTable(table);
    } catch (RuntimeException e) {
      throw LakeTable.failed(e);
    }
  }

  private Table created() {
    Schema schema = schema();
    PartitionSpec spec =
        PartitionSpec.builderFor(schema)
            .day(SqlNames.SEALED_AT, DAY)
            .identity(SqlNames.of(Column.SERVICE))
            .build();
    try {
      if (!catalog.namespaceExists(TABLE.namespace())) {
        catalog.createNamespace(Namespace.of(TABLE.namespace().levels()));
      }
    } catch (AlreadyExistsException byAnotherCollector) {
      // just as well
    }
    try {
      return catalog
          .buildTable(TABLE, schema)
          .withLocation(location)
          .withPartitionSpec(spec)
          .withProperties(PROPERTIES)
          .create();
    } catch (AlreadyExistsException byAnotherCollector) {
      return catalog.loadTable(TABLE);
    }
  }

  private static Schema schema() {
    List<Types.NestedField> fields = new ArrayList<>();
    for (LakeColumn column : LakeColumn.ALL) {
      fields.add(
          Types.NestedField.optional(
              fields.size() + 1, column.name(), column.type(), column.doc()));
    }
    return new Schema(fields);
  }

  private static void addMissingColumns(Table table) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      UpdateSchema update = table.updateSchema();
      boolean lacksSome = false;
      for (LakeColumn column : LakeColumn.ALL) {
        if (table.schema().findField(column.name()) == null) {
          update.addColumn(column.name(), column.type(), column.doc());
          lacksSome = true;
        }
      }
      if (!lacksSome) {
        return;
      }
      try {
        update.commit();
      } catch (CommitFailedException byAnotherCollector) {
        if (attempt == ATTEMPTS_MAX) {
          throw byAnotherCollector;
        }
      }
    }
  }

  @Override
  public void close() {
    catalog.close();
  }
}
