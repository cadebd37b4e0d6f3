package dev.attune.server.cluster;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.SystemKeys;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a member is reached; kept in the store under {@code \0member/<id>}.
 *
 * @param peerAddress {@code host:port} that other members connect to
 * @param apiAddress {@code host:port} that clients connect to; empty until the member has told it
 */
public record Member(MemberId id, String peerAddress, String apiAddress) {
    private static final String FOLDER = "member/";
    private static final int VERSION = 1;
    private static final Pattern ADDRESS = Pattern.compile("\\[?([A-Za-z0-9._:%-]{1,253})]?:([0-9]{1,5})");

    public Member {
        parse(peerAddress);
        if (!apiAddress.isEmpty()) parse(apiAddress);
    }

    /** The part of the key space that members lie in. */
    public static Bytes folder() {
        return SystemKeys.of(FOLDER);
    }

    /** The key of a member's record. */
    public static Bytes key(MemberId id) {
        return SystemKeys.of(FOLDER + id);
    }

    /** The member that a record's key names. */
    public static MemberId idOfKey(Bytes key) {
        return new MemberId(key.toUtf8().substring(1 + FOLDER.length()));
    }

    /** The value of the record. */
    public Bytes value() {
        return new Encoder()
                .byteValue(VERSION)
                .text(peerAddress)
                .text(apiAddress)
                .toBytes();
    }

    /** Reads a record. */
    public static Member of(Bytes key, Bytes value) {
        Decoder in = new Decoder(value);
        int version = in.byteValue();
        if (version != VERSION)
            throw new MalformedException("member version: " + version + " (expected: " + VERSION + ")");
        return new Member(idOfKey(key), in.text(), in.text());
    }

    /** The address of a {@code host:port}, not yet looked up; fails with {@code INVALID_ARGUMENT}. */
    public static InetSocketAddress parse(String address) {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65535)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "address: malformed (expected: host:port)");
        return InetSocketAddress.createUnresolved(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
}
