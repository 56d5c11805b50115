import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.action.support.WriteRequest.RefreshPolicy;
import org.opensearch.client.Client;
import org.opensearch.common.settings.Settings;
import org.opensearch.index.query.QueryBuilders;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.search.aggregations.AggregationBuilders;
import org.opensearch.search.builder.SearchSourceBuilder;
import org.opensearch.transport.Netty4Plugin;
import whorl.lab.app.Web;

/** Keeps notes in OpenSearch. */
public class App {
  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", Path.of("").toAbsolutePath().toString())
            .put("cluster.name", "notes")
            .put("discovery.type", "single-node")
            .put("http.port", 9200)
            .build();
    Node node = new NotesNode(settings).start();
    Client client = node.client();
    Web.create()
        .on(
            "/add",
            request ->
                client
                    .prepareIndex("notes")
                    .setSource(
                        Map.of(
                            "kind", request.getParameter("kind"),
                            "text", "a green " + request.getParameter("kind")))
                    .setRefreshPolicy(RefreshPolicy.IMMEDIATE)
                    .get())
        .on(
            "/find",
            request ->
                client
                    .prepareSearch("notes")
                    .setQuery(QueryBuilders.queryStringQuery(request.getParameter("q")))
                    .get())
        .on(
            "/kinds",
            request ->
                client
                    .prepareSearch("notes")
                    .setSource(
                        new SearchSourceBuilder()
                            .size(0)
                            .aggregation(
                                AggregationBuilders.terms("kinds").field("kind.keyword")))
                    .get())
        .on(
            "/figures",
            request ->
                client.admin().cluster().prepareHealth().get()
                    + " "
                    + client.admin().cluster().prepareNodesStats().all().get())
        .start();
  }

  private static final class NotesNode extends Node {
    NotesNode(Settings settings) {
      super(
          InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "notes"),
          List.<Class<? extends Plugin>>of(Netty4Plugin.class),
          false);
    }
  }
}
