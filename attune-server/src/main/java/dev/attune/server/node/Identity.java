package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Whose disk this is: written at the first start and checked at every start, so that no disk is ever used under another name or in
 * another cluster (G11).
 *
 * @param networkId what members name each other before they talk
 * @param engine what the log was written by; another cannot read it
 * @param witness whether the member votes without keeping data
 * @param begun whether the member has taken part, so that its log must be there
 */
record Identity(MemberId member, String networkId, Engine engine, boolean witness, boolean begun) {
    private static final String FILE = "identity.properties";

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    static Identity read(Path directory) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(directory.resolve(FILE))));
        String member = properties.getProperty("member", "");
        String network = properties.getProperty("network", "");
        if (member.isEmpty() || network.isEmpty())
            throw new IOException(directory.resolve(FILE) + " is damaged (expected: member and network)");
        String engine = properties.getProperty("consensus", Engine.RAFT.toString());
        return new Identity(
                new MemberId(member),
                network,
                Engine.named(engine),
                Boolean.parseBoolean(properties.getProperty("witness")),
                Boolean.parseBoolean(properties.getProperty("begun")));
    }

    void write(Path directory) throws IOException {
        PrivateFile.write(
                directory.resolve(FILE),
                "member=" + member + "\nnetwork=" + networkId + "\nconsensus=" + engine + "\nwitness=" + witness
                        + "\nbegun=" + begun + "\n");
    }
}
