import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.solr.client.solrj.SolrQuery;
import org.apache.solr.client.solrj.embedded.EmbeddedSolrServer;
import org.apache.solr.common.SolrInputDocument;
import whorl.lab.app.Web;

/** Keeps notes in Solr. */
public class App {
  public static void main(String[] args) throws Exception {
    EmbeddedSolrServer solr = new EmbeddedSolrServer(Path.of("solr").toAbsolutePath(), "notes");
    AtomicLong last = new AtomicLong();
    Web.create()
        .on(
            "/add",
            request -> {
              SolrInputDocument document = new SolrInputDocument();
              document.addField("id", "n" + last.incrementAndGet());
              document.addField("kind", request.getParameter("kind"));
              document.addField("text", "a green " + request.getParameter("kind"));
              solr.add(document);
              return solr.commit();
            })
        .on("/find", request -> solr.query(new SolrQuery(request.getParameter("q"))).getResults())
        .on(
            "/kinds",
            request -> {
              SolrQuery query = new SolrQuery("*:*").setFacet(true).addFacetField("kind");
              query.setSort("id", SolrQuery.ORDER.desc).setFilterQueries("text:a*");
              return solr.query(query).getFacetFields();
            })
        .on(
            "/update",
            request -> {
              SolrInputDocument document = new SolrInputDocument();
              document.addField("id", "n1");
              document.addField("text", Map.of("set", "a blue lamp"));
              solr.add(document);
              return solr.commit();
            })
        .on(
            "/remove",
            request -> {
              solr.deleteByQuery(request.getParameter("q"));
              return solr.commit();
            })
        .start();
  }
}
