import java.nio.file.Path;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import whorl.lab.app.Web;

/** Searches notes. */
public class App {
  public static void main(String[] args) throws Exception {
    Directory directory = FSDirectory.open(Path.of("index"));
    IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()));
    Web.create()
        .on(
            "/add",
            request -> {
              Document document = new Document();
              document.add(new TextField("text", "a lamp and a chair", Field.Store.YES));
              writer.addDocument(document);
              return writer.commit();
            })
        .on(
            "/find",
            request -> {
              try (DirectoryReader reader = DirectoryReader.open(directory)) {
                return new IndexSearcher(reader)
                    .search(new QueryParser("text", new StandardAnalyzer()).parse("lamp"), 5)
                    .totalHits;
              }
            })
        .start();
  }
}
