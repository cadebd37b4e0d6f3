package dev.attune.bench.bed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** A table in memory, asked over as many connections as there are questions at once. */
final class Items {
    private static final String URL = "jdbc:h2:mem:items;DB_CLOSE_DELAY=-1";
    private static final int ROWS = 256;

    private final ConcurrentLinkedDeque<PreparedStatement> idle = new ConcurrentLinkedDeque<>();

    Items() throws SQLException {
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id INT PRIMARY KEY, price INT)");
            for (int i = 0; i < ROWS; i++) statement.execute("INSERT INTO item VALUES (" + i + ", " + 7 * i + ")");
        }
    }

    int price(int id) throws SQLException {
        @Nullable PreparedStatement query = idle.pollLast();
        if (query == null)
            query = DriverManager.getConnection(URL).prepareStatement("SELECT price FROM item WHERE id = ?");
        query.setInt(1, id);
        try (ResultSet found = query.executeQuery()) {
            if (!found.next()) throw new SQLException("item " + id + ": none");
            return found.getInt(1);
        } finally {
            idle.addLast(query);
        }
    }
}
