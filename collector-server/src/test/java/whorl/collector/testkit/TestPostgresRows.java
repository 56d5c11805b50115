package whorl.collector.testkit;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The rows that migrations insert, to be restored when a test has used the database. */
final class TestPostgresRows {
  /** Copies the tables that have rows into a schema of their own. */
  private static final String KEEP =
      """
      DO $$
      DECLARE
        t record;
        filled boolean;
      BEGIN
        CREATE SCHEMA initial_rows;
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('schema_history', 'schema_readers') LOOP
          EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t.tablename) INTO filled;
          IF filled THEN
            EXECUTE format('CREATE TABLE initial_rows.%1$I AS TABLE public.%1$I', t.tablename);
          END IF;
        END LOOP;
      END $$
      """;

  private static final String RESTORE =
      """
      DO $$
      DECLARE
        t record;
        filled boolean;
        names text := '';
      BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('schema_history', 'schema_readers') LOOP
          EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t.tablename) INTO filled;
          IF filled THEN
            names := names || format(', public.%I', t.tablename);
          END IF;
        END LOOP;
        IF names <> '' THEN
          EXECUTE 'TRUNCATE ' || substr(names, 3) || ' CASCADE';
        END IF;
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'initial_rows' LOOP
          EXECUTE format(
              'INSERT INTO public.%1$I SELECT * FROM initial_rows.%1$I', t.tablename);
        END LOOP;
        FOR t IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
          PERFORM setval(format('public.%I', t.sequencename)::regclass, 1, false);
        END LOOP;
      END $$
      """;

  /** What a test may not have changed. */
  private static final String SCHEMA =
      """
      SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid), ','
                 ORDER BY c.relname, a.attnum))
        || ' ' || (SELECT md5(string_agg(h::text, ',' ORDER BY h::text)) FROM schema_history h)
        || ' ' || (SELECT string_agg(r::text, ',') FROM schema_readers r)
        || ' ' || (SELECT count(*) FROM pg_db_role_setting)
        || ' ' || (SELECT count(*) FROM pg_namespace)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'public'::regnamespace
      """;

  private static volatile @Nullable String schema;

  private TestPostgresRows() {}

  /** Call this once, with the template of all databases. */
  static void keepInitial(DataSource template) throws IOException {
    try (Connection connection = template.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(KEEP);
      schema = schema(statement);
    } catch (SQLException e) {
      throw new IOException("the rows of the migrations can't be kept: " + e.getMessage(), e);
    }
  }

  /** True if the database is as its template again; false if a test has changed its schema. */
  static boolean restoreInitial(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      if (!schema(statement).equals(schema)) {
        return false;
      }
      statement.execute(RESTORE);
      return true;
    }
  }

  private static String schema(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(SCHEMA)) {
      row.next();
      return row.getString(1);
    }
  }
}
