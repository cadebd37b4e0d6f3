package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Reads the one message that is frequent and long, field by field; unknown fields are skipped, never kept. */
final class AppendEntriesParser {
    private AppendEntriesParser() {}

    static AppendEntriesRequest parse(CodedInputStream in) throws IOException {
        AppendEntriesRequest.Builder request = AppendEntriesRequest.newBuilder();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case AppendEntriesRequest.GROUP_ID_FIELD_NUMBER -> request.setGroupId(in.readStringRequireUtf8());
                case AppendEntriesRequest.SERVER_ID_FIELD_NUMBER -> request.setServerId(in.readStringRequireUtf8());
                case AppendEntriesRequest.PEER_ID_FIELD_NUMBER -> request.setPeerId(in.readStringRequireUtf8());
                case AppendEntriesRequest.TERM_FIELD_NUMBER -> request.setTerm(in.readInt64());
                case AppendEntriesRequest.PREV_LOG_TERM_FIELD_NUMBER -> request.setPrevLogTerm(in.readInt64());
                case AppendEntriesRequest.PREV_LOG_INDEX_FIELD_NUMBER -> request.setPrevLogIndex(in.readInt64());
                case AppendEntriesRequest.ENTRIES_FIELD_NUMBER -> {
                    int outer = in.pushLimit(in.readRawVarint32());
                    request.addEntries(entry(in));
                    in.popLimit(outer);
                }
                case AppendEntriesRequest.COMMITTED_INDEX_FIELD_NUMBER -> request.setCommittedIndex(in.readInt64());
                case AppendEntriesRequest.DATA_FIELD_NUMBER -> request.setData(in.readBytes());
                default -> skip(in, tag);
            }
        }
        return request.build();
    }

    private static EntryMeta entry(CodedInputStream in) throws IOException {
        EntryMeta.Builder entry = EntryMeta.newBuilder();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case EntryMeta.TERM_FIELD_NUMBER -> entry.setTerm(in.readInt64());
                case EntryMeta.TYPE_FIELD_NUMBER -> entry.setType(type(in.readEnum()));
                case EntryMeta.PEERS_FIELD_NUMBER -> entry.addPeers(in.readStringRequireUtf8());
                case EntryMeta.DATA_LEN_FIELD_NUMBER -> entry.setDataLen(in.readInt64());
                case EntryMeta.OLD_PEERS_FIELD_NUMBER -> entry.addOldPeers(in.readStringRequireUtf8());
                case EntryMeta.CHECKSUM_FIELD_NUMBER -> entry.setChecksum(in.readInt64());
                case EntryMeta.LEARNERS_FIELD_NUMBER -> entry.addLearners(in.readStringRequireUtf8());
                case EntryMeta.OLD_LEARNERS_FIELD_NUMBER -> entry.addOldLearners(in.readStringRequireUtf8());
                default -> skip(in, tag);
            }
        }
        return entry.build();
    }

    private static EntryType type(int number) throws IOException {
        EntryType type = EntryType.forNumber(number);
        if (type == null || type == EntryType.ENTRY_TYPE_UNKNOWN)
            throw new InvalidProtocolBufferException("entry type: " + number);
        return type;
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) throw new InvalidProtocolBufferException("field: misplaced end of group");
    }
}
